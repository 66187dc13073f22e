package io.dlock.core;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Tells the store to forget grants that are given up, again and again until it has
 * answered. A release names its grant and hurts nobody else, so repeating it is harmless.
 * <p>
 * After one TTL without an answer it is not repeated any more: by then the grant has run
 * out, and a place in the queue is dead. A store that takes commands for hours and
 * answers none costs no memory for each attempt that was made meanwhile. Only what could
 * not even be sent is kept until it can be: behind a store that stood still, the ask that
 * it is to undo may be executed later still; and no such ask is made meanwhile.
 */
final class Releases {

	private static final long FIRST_RETRY = 100_000_000;

	private static final long LONGEST_RETRY = 1_000_000_000;

	private final LockStore store;

	private final NanoClock clock;

	private final Alarm alarm;

	private final Availability availability;

	private final long patience;

	/** The last attempt for each grant: what comes of earlier ones decides nothing. */
	private final Map<GrantId, Attempt> pending = new ConcurrentHashMap<>();

	/** Whether there is an alarm for those who wait too long. */
	private final AtomicBoolean watched = new AtomicBoolean();

	private volatile boolean closed;

	/**
	 * Nothing that is given up.
	 * @param store is told
	 * @param clock what patience is measured with
	 * @param alarm repeats, and ends waiting
	 * @param availability is told whether the store answers
	 * @param patience how long somebody waits for the store to confirm a release
	 */
	Releases(LockStore store, NanoClock clock, Alarm alarm, Availability availability, Duration patience) {
		this.store = store;
		this.clock = clock;
		this.alarm = alarm;
		this.availability = availability;
		this.patience = patience.toNanos();
	}

	/**
	 * Releases a grant, for ever.
	 * @param id the grant
	 * @param ttl how long it lasts if nobody releases it
	 */
	void forget(GrantId id, Duration ttl) {
		release(id, ttl, new CompletableFuture<>());
	}

	/**
	 * Releases a grant, for ever.
	 * @param id the grant
	 * @param ttl how long it lasts if nobody releases it
	 * @param awaited is completed when the store has confirmed it, and when nobody should
	 * wait for that any longer
	 */
	void release(GrantId id, Duration ttl, CompletableFuture<Void> awaited) {
		try {
			long now = this.clock.nanoTime();
			Attempt attempt = this.pending.compute(id,
					(key, former) -> Attempt.of(id, now + ttl.toNanos(), former, awaited, now + this.patience));
			watch();
			send(attempt, FIRST_RETRY);
			if (this.closed) {
				attempt.waiting.end();
			}
		}
		catch (RuntimeException | Error failure) {
			awaited.complete(null); // there may be nobody else to do it
			throw failure;
		}
	}

	/**
	 * One alarm for all who wait: they are many, and hardly one waits in vain.
	 */
	private void watch() {
		if (!this.watched.get() && this.watched.compareAndSet(false, true)) {
			watchAgain(this.patience);
		}
	}

	private void watchAgain(long nanos) {
		try {
			this.alarm.after(nanos, this::endWaitingInVain);
		}
		catch (RuntimeException | Error failure) {
			this.watched.set(false);
			throw failure;
		}
	}

	private void endWaitingInVain() {
		long next = endOverdue();
		if (next == Long.MAX_VALUE) {
			this.watched.set(false);
			next = endOverdue(); // who came meanwhile has relied on this alarm
			if (next == Long.MAX_VALUE || !this.watched.compareAndSet(false, true)) {
				return;
			}
		}
		watchAgain(next);
	}

	/**
	 * Ends the waiting of those who have waited for long enough.
	 * @return in how many nanoseconds the next one will have
	 */
	private long endOverdue() {
		long now = this.clock.nanoTime();
		long next = Long.MAX_VALUE;
		for (Attempt attempt : this.pending.values()) {
			long left = attempt.waiting.until - now;
			if (left <= 0) {
				attempt.waiting.end();
			}
			else if (!attempt.waiting.awaited.isDone()) {
				next = Math.min(next, left);
			}
		}
		return next;
	}

	/**
	 * From now on nobody waits: there will be no alarm.
	 */
	void endWaiting() {
		this.closed = true;
		this.pending.values().forEach((attempt) -> attempt.waiting.end());
	}

	/**
	 * Does not wait any longer with what the store has not confirmed.
	 */
	void retryNow() {
		this.pending.values().forEach((attempt) -> again(attempt, FIRST_RETRY));
	}

	/**
	 * Completes when nothing is left to be confirmed.
	 */
	CompletableFuture<Void> allConfirmed() {
		return CompletableFuture
			.allOf(this.pending.values().stream().map((each) -> each.confirmed).toArray(CompletableFuture[]::new));
	}

	private void again(Attempt former, long retryIn) {
		Attempt attempt = new Attempt(former.id, former.until, former.confirmed, former.waiting);
		if (this.pending.replace(former.id, former, attempt)) {
			former.replaceBy(attempt);
			send(attempt, retryIn);
		}
	}

	private void send(Attempt attempt, long retryIn) {
		sent(() -> this.store.release(attempt.id)).whenComplete((answer, failure) -> {
			if (failure == null) {
				this.availability.answered();
				settle(attempt);
				return;
			}
			this.availability.failed(causeOf(failure));
			if (this.clock.nanoTime() - attempt.until >= 0 && !(causeOf(failure) instanceof NotSentException)) {
				settle(attempt);
			}
			else if (this.pending.get(attempt.id) == attempt) {
				attempt.retryBy(this.alarm.after(retryIn, () -> again(attempt, Math.min(LONGEST_RETRY, 2 * retryIn))));
			}
		});
	}

	private void settle(Attempt attempt) {
		this.pending.remove(attempt.id, attempt);
		attempt.confirmed.complete(null);
		attempt.waiting.end();
	}

	/**
	 * A command whose sending may fail like its execution.
	 */
	static <T> CompletionStage<T> sent(Supplier<CompletionStage<T>> command) {
		try {
			return command.get();
		}
		catch (RuntimeException | Error failure) {
			return CompletableFuture.failedFuture(failure);
		}
	}

	static Throwable causeOf(Throwable failure) {
		return (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause() : failure;
	}

	/**
	 * Somebody who waits for the store to confirm a release.
	 *
	 * @param awaited what is waited for
	 * @param until for how long, in terms of the clock
	 */
	private record Waiting(CompletableFuture<Void> awaited, long until) {

		void end() {
			this.awaited.complete(null);
		}

	}

	/**
	 * A release that was sent, and that the store has not confirmed.
	 */
	private static final class Attempt {

		private final GrantId id;

		private final long until;

		/** When the store has confirmed it, or it has run out. */
		private final CompletableFuture<Void> confirmed;

		private final Waiting waiting;

		private volatile Alarm.@Nullable Cancellation retry;

		/**
		 * An attempt that takes the place of a former one, if there is one, together with
		 * whoever waits for that.
		 */
		private static Attempt of(GrantId id, long until, @Nullable Attempt former, CompletableFuture<Void> awaited,
				long awaitedUntil) {
			if (former == null) {
				return new Attempt(id, until, new CompletableFuture<>(), new Waiting(awaited, awaitedUntil));
			}
			long longer = (former.until - until > 0) ? former.until : until;
			Attempt attempt = new Attempt(id, longer, new CompletableFuture<>(), former.waiting);
			former.replaceBy(attempt);
			CompletableFuture<Void> unused = former.waiting.awaited.thenRun(() -> awaited.complete(null));
			return attempt;
		}

		Attempt(GrantId id, long until, CompletableFuture<Void> confirmed, Waiting waiting) {
			this.id = id;
			this.until = until;
			this.confirmed = confirmed;
			this.waiting = waiting;
		}

		/**
		 * The alarm does nothing when it comes after a replacement.
		 */
		private void retryBy(Alarm.Cancellation alarm) {
			this.retry = alarm;
		}

		private void replaceBy(Attempt later) {
			Alarm.Cancellation planned = this.retry;
			if (planned != null) {
				planned.cancel();
			}
			CompletableFuture<Void> unused = later.confirmed.thenRun(() -> this.confirmed.complete(null));
		}

	}

}
