package io.dlock.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.dlock.LockKind;
import io.dlock.LockUnavailableException;
import io.dlock.history.Entry;
import io.dlock.history.WatchedStore;
import io.dlock.history.WatchingObserver;
import org.jspecify.annotations.Nullable;

/**
 * One instance in a {@link World}, with its callers and its network.
 */
final class WorldNode {

	private static final String KEY = "key";

	private final String name;

	private final World world;

	private final Wire wire;

	private final Run run;

	private final List<Attempt> attempts = new ArrayList<>();

	private final List<Holding> holdings = new ArrayList<>();

	WorldNode(String name, World world, @Nullable WorldBug bug) {
		this.name = name;
		this.world = world;
		LockStore memory = new LocalLockStore(world.memory());
		this.wire = new Wire((bug != null) ? bug.behindTheWire(memory) : memory);
		LockStore watched = new WatchedStore(this.wire, name, world::now, world::note);
		ShiftedClock clock = new ShiftedClock(world.time());
		Handle handle = new Handle(clock);
		LeaseSettings settings = new LeaseSettings(name, World.TTL, World.TTL.dividedBy(3), Duration.ofMillis(100),
				Duration.ofSeconds(2));
		this.run = new Run(name, settings, (bug != null) ? bug.beforeTheWire(watched, handle) : watched,
				new Instance.Environment(clock, world.time(), new Callbacks(new SameThreadExecutor(), world.time())),
				new Narrator(null, new WatchingObserver(name, world::now, world::note)));
		handle.run = this.run;
		this.run.begin();
	}

	void offer(List<World.Step> steps) {
		long waiting = this.attempts.size();
		if (waiting < 3) {
			steps.add(step("wants the lock", () -> attempt(Patience.UNTIMED, World.TTL)));
			steps.add(step("tries", () -> attempt(Patience.NONE, World.TTL)));
			if (this.world.percent(20)) {
				steps
					.add(step("wants it with another ttl", () -> attempt(Patience.UNTIMED, World.TTL.multipliedBy(2))));
			}
		}
		if (waiting > 0 && this.world.percent(50)) {
			steps.add(step("cancels", this::cancelOne));
		}
		if (!this.run.held().isEmpty()) {
			steps.add(step("releases", this::releaseAll));
		}
		offerNetwork(steps);
	}

	private void offerNetwork(List<World.Step> steps) {
		boolean lossy = this.world.percent(this.world.circumstances().lossPercent());
		if (this.wire.hasCommand()) {
			String command = this.wire.nextCommand();
			steps.add(lossy ? step("loses " + command, this.wire::loseCommand)
					: step("sends " + command, this.wire::deliverCommand));
		}
		if (this.wire.hasReply()) {
			steps.add(lossy ? step("loses a reply", this.wire::loseReply)
					: step("gets a reply", this.wire::deliverReply));
		}
		if (this.wire.hasPush()) {
			steps.add(lossy ? step("loses a push", this.wire::losePush) : step("gets a push", this.wire::deliverPush));
			if (this.world.percent(10)) {
				steps.add(step("will get a push twice", this.wire::repeatPush));
			}
		}
	}

	void releaseAll() {
		this.run.held().forEach(HeldLease::letGo);
	}

	void loseInterest() {
		List.copyOf(this.attempts).forEach((each) -> each.future.cancel(false));
		releaseAll();
	}

	void deliverAll() {
		while (this.wire.hasCommand() || this.wire.hasReply() || this.wire.hasPush()) {
			if (this.wire.hasCommand()) {
				this.wire.deliverCommand();
			}
			else if (this.wire.hasReply()) {
				this.wire.deliverReply();
			}
			else {
				this.wire.deliverPush();
			}
		}
	}

	/**
	 * Writes down what can be seen of the leases.
	 */
	void look() {
		Iterator<Holding> each = this.holdings.iterator();
		while (each.hasNext()) {
			Holding holding = each.next();
			if (!holding.lease.isValid()) {
				holding.over = true;
			}
			else {
				holding.lastValidAt = this.world.now();
				if (holding.over) {
					this.world.note(new Entry.Strange(this.name, this.world.now(), holding.lease + " is valid again"));
				}
			}
			if (holding.lease.isEnded()) {
				each.remove();
				this.world.note(new Entry.Ended(this.name, KEY, holding.lease.fencingToken(), holding.lastValidAt,
						this.world.now(), !holding.lease.isReleased()));
			}
		}
	}

	void noteWhatIsLeft() {
		if (this.run.keysInUse() > 0 || !this.attempts.isEmpty()) {
			this.world.note(new Entry.Strange(this.name, this.world.now(),
					"keys in use " + this.run.keysInUse() + ", open attempts " + this.attempts.size()));
		}
	}

	private void attempt(Patience patience, Duration ttl) {
		LeaseTerms terms = new LeaseTerms(ttl, World.TTL.dividedBy(3), null);
		Attempt attempt = new Attempt(this.world.now());
		this.attempts.add(attempt);
		attempt.future = this.run.attemptAsync(new Wanted(KEY, terms, LockKind.LOCK), patience, null, (lease) -> lease);
		CompletableFuture<HeldLease> unused = attempt.future.whenComplete((lease, failure) -> {
			this.attempts.remove(attempt);
			if (lease != null) {
				this.world.note(new Entry.Obtained(this.name, KEY, lease.fencingToken(), attempt.requestedAt,
						this.world.now()));
				this.holdings.add(new Holding(lease));
			}
			else {
				this.world.note(new Entry.Missed(this.name, KEY, attempt.requestedAt, this.world.now(), Long.MAX_VALUE,
						(failure instanceof LockUnavailableException) ? Entry.Why.UNAVAILABLE
								: (failure != null) ? Entry.Why.CANCELLED : Entry.Why.HELD));
			}
		});
	}

	private void cancelOne() {
		this.attempts.get(this.world.random().nextInt(this.attempts.size())).future.cancel(false);
	}

	private World.Step step(String what, Runnable action) {
		return new World.Step(this.name + " " + what, action);
	}

	/**
	 * An attempt that goes on.
	 */
	private static final class Attempt {

		private final long requestedAt;

		private CompletableFuture<HeldLease> future;

		Attempt(long requestedAt) {
			this.requestedAt = requestedAt;
		}

	}

	/**
	 * A lease that somebody has.
	 */
	private static final class Holding {

		private final HeldLease lease;

		private long lastValidAt = Entry.NEVER;

		private boolean over;

		Holding(HeldLease lease) {
			this.lease = lease;
		}

	}

	/**
	 * What a bug can lay hands on in an instance.
	 */
	static final class Handle {

		private final ShiftedClock clock;

		private Run run;

		Handle(ShiftedClock clock) {
			this.clock = clock;
		}

		long now() {
			return this.clock.nanoTime();
		}

		/**
		 * Does something at a time that is past.
		 */
		void at(long nanoTime, Runnable action) {
			this.clock.doAt(nanoTime, action);
		}

		/**
		 * Takes a grant that is held for confirmed by something sent at some time.
		 */
		void confirm(GrantId id, long sentAt) {
			this.run.held()
				.stream()
				.map(HeldLease::grant)
				.filter((grant) -> grant.id().equals(id))
				.forEach((grant) -> grant.keyLock().renewed(grant, sentAt));
		}

	}

	/**
	 * A clock that can be told to lie for a moment.
	 */
	private static final class ShiftedClock implements NanoClock {

		private final NanoClock clock;

		private @Nullable Long lie;

		ShiftedClock(NanoClock clock) {
			this.clock = clock;
		}

		void doAt(long nanoTime, Runnable action) {
			this.lie = nanoTime;
			action.run();
			this.lie = null;
		}

		@Override
		public long nanoTime() {
			return (this.lie != null) ? this.lie : this.clock.nanoTime();
		}

	}

}
