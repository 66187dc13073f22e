package io.dlock.core;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import io.dlock.FailureCause;
import io.dlock.Leadership;
import io.dlock.Lease;
import io.dlock.LockKind;
import io.dlock.LockOptions;
import io.dlock.LockRegistry;
import io.dlock.LossCause;

/**
 * One run of a registry, in the hands of a test: with a clock that stands still, a store
 * that does what it is told, and everything on the thread of the test.
 */
final class Bench {

	static final Duration TTL = Duration.ofSeconds(10);

	static final Duration MARGIN = Duration.ofSeconds(1);

	final ManualTime time = new ManualTime();

	final ScriptedStore store = new ScriptedStore();

	final List<String> story = new ArrayList<>();

	/** Of what the story is told. */
	final Set<LockKind> kinds = EnumSet.noneOf(LockKind.class);

	/** What an observer does, besides, when it is told of the next event. */
	Consumer<String> reaction = Bench::nothing;

	final LeaseSettings settings = new LeaseSettings("bench", TTL, TTL.dividedBy(4), Duration.ofMillis(100),
			Duration.ofSeconds(2));

	final SameThreadExecutor threads = new SameThreadExecutor();

	final Run run;

	Bench() {
		Narrator narrator = new Narrator(null, new StoryTeller());
		this.run = new Run("bench", this.settings, this.store,
				new Instance.Environment(this.time, this.time, new Callbacks(this.threads, this.time)), narrator);
		this.run.begin();
	}

	CompletableFuture<Lease> acquire(String key) {
		return acquire(key, LockOptions.defaults());
	}

	CompletableFuture<Lease> acquire(String key, LockOptions options) {
		return this.run.attemptAsync(wanted(key, options), Patience.UNTIMED, null, HeldLease::handle);
	}

	/**
	 * Somebody wants the lock, and what becomes of it does not matter.
	 */
	void wants(String key) {
		wants(key, LockOptions.defaults());
	}

	void wants(String key, LockOptions options) {
		CompletableFuture<Lease> unused = acquire(key, options);
	}

	CompletableFuture<Optional<Lease>> tryAcquire(String key) {
		return this.run.attemptAsync(wanted(key, LockOptions.defaults()), Patience.NONE, null,
				(lease) -> Optional.ofNullable(lease));
	}

	CompletableFuture<Optional<Lease>> tryAcquire(String key, Duration wait) {
		return this.run.attemptAsync(wanted(key, LockOptions.defaults()), Patience.TIMED, wait.toNanos(),
				(lease) -> Optional.ofNullable(lease));
	}

	Leadership contend(String key) {
		return this.run
			.contend(new Wanted(key, LeaseTerms.of(this.settings, LockOptions.defaults()), LockKind.LEADERSHIP));
	}

	/**
	 * Closes a lease as a thread would that does not wait for the confirmation.
	 */
	void close(Lease lease) {
		HeldLease held = this.run.held()
			.stream()
			.filter((each) -> each.fencingToken() == lease.fencingToken())
			.findFirst()
			.orElseThrow();
		held.letGo();
	}

	Wanted wanted(String key, LockOptions options) {
		return new Wanted(key, LeaseTerms.of(this.settings, options), LockKind.LOCK);
	}

	ScriptedStore.Acquire nextAsk() {
		return this.store.next(ScriptedStore.Acquire.class);
	}

	ScriptedStore.Release nextRelease() {
		return this.store.next(ScriptedStore.Release.class);
	}

	ScriptedStore.Renew nextRenewal() {
		return this.store.next(ScriptedStore.Renew.class);
	}

	private static void nothing(String event) {
	}

	private void tell(LockKind kind, String event) {
		this.kinds.add(kind);
		this.story.add(event);
		Consumer<String> next = this.reaction;
		this.reaction = Bench::nothing;
		next.accept(event);
	}

	private final class StoryTeller implements LockObserver {

		@Override
		public void acquired(LockRegistry registry, String key, LockKind kind, long fencingToken, Duration waited) {
			tell(kind, "acquired " + key + " " + fencingToken);
		}

		@Override
		public void released(LockRegistry registry, String key, LockKind kind, long fencingToken, Duration held) {
			tell(kind, "released " + key + " " + fencingToken);
		}

		@Override
		public void failed(LockRegistry registry, String key, LockKind kind, FailureCause cause, String holder) {
			tell(kind, "failed " + key + " " + cause);
		}

		@Override
		public void listening(LockRegistry registry, String key, LockKind kind, String holder, int position) {
			tell(kind, "listening " + key + " behind " + holder + " at " + position);
		}

		@Override
		public void lost(LockRegistry registry, String key, LockKind kind, long fencingToken, LossCause cause,
				Instant lostAt) {
			tell(kind, "lost " + key + " " + fencingToken + " " + cause);
		}

		@Override
		public void lostAgain(LockRegistry registry, String key, LockKind kind, long fencingToken, LossCause cause,
				Instant lostAt) {
			tell(kind, "lost again " + key + " " + fencingToken + " " + cause);
		}

	}

}
