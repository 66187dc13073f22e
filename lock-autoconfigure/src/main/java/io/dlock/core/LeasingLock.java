package io.dlock.core;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.function.Function;

import io.dlock.DistributedLock;
import io.dlock.KeyText;
import io.dlock.Lease;
import org.jspecify.annotations.Nullable;

/**
 * The lock of a key: sends candidates into the line of its key, and keeps what they come
 * back with.
 */
final class LeasingLock implements DistributedLock {

	private final LeasingLockRegistry registry;

	private final Wanted wanted;

	private final ThreadHolds holds;

	LeasingLock(LeasingLockRegistry registry, Wanted wanted, ThreadHolds holds) {
		this.registry = registry;
		this.wanted = wanted;
		this.holds = holds;
	}

	@Override
	public String key() {
		return this.wanted.key();
	}

	// Owned by the thread

	@Override
	public void lock() {
		if (!this.holds.reenter(key())) {
			try {
				own(attempt(Patience.UNTIMED, BlockingCandidate::await));
			}
			catch (InterruptedException impossible) {
				throw new AssertionError(impossible);
			}
		}
	}

	@Override
	public void lockInterruptibly() throws InterruptedException {
		throwIfInterrupted();
		if (!this.holds.reenter(key())) {
			own(attempt(Patience.UNTIMED, (candidate) -> candidate.awaitInterruptibly(null)));
		}
	}

	@Override
	public boolean tryLock() {
		return this.holds.reenter(key()) || own(attempt());
	}

	@Override
	public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
		long nanos = Objects.requireNonNull(unit, "unit").toNanos(time);
		throwIfInterrupted();
		return this.holds.reenter(key()) || own(attempt(nanos));
	}

	@Override
	public void unlock() {
		HeldLease lease = this.holds.leave(key());
		if (lease != null) {
			lease.close();
			lease.throwIfLost();
		}
	}

	@Override
	public Condition newCondition() {
		throw new UnsupportedOperationException("A distributed lock has no conditions");
	}

	@Override
	public Optional<Lease> currentLease() {
		return this.holds.lease(key());
	}

	// Owned by the handle

	@Override
	public Lease acquire() throws InterruptedException {
		throwIfInterrupted();
		this.holds.requireNotHeld(key());
		HeldLease lease = attempt(Patience.UNTIMED, (candidate) -> candidate.awaitInterruptibly(null));
		return begun(Objects.requireNonNull(lease));
	}

	@Override
	public Optional<Lease> tryAcquire() {
		return Optional.ofNullable(attempt()).map(LeasingLock::begun);
	}

	@Override
	public Optional<Lease> tryAcquire(Duration wait) throws InterruptedException {
		long nanos = nanos(wait);
		throwIfInterrupted();
		if (nanos > 0) {
			this.holds.requireNotHeld(key());
		}
		return Optional.ofNullable(attempt(nanos)).map(LeasingLock::begun);
	}

	@Override
	public CompletableFuture<Lease> acquireAsync() {
		return this.registry.attemptAsync(this.wanted, Patience.UNTIMED, null,
				(lease) -> Objects.requireNonNull(lease).handle());
	}

	@Override
	public CompletableFuture<Optional<Lease>> tryAcquireAsync() {
		return this.registry.attemptAsync(this.wanted, Patience.NONE, null, this::optional);
	}

	@Override
	public CompletableFuture<Optional<Lease>> tryAcquireAsync(Duration wait) {
		long nanos = nanos(wait);
		return (nanos > 0) ? this.registry.attemptAsync(this.wanted, Patience.TIMED, nanos, this::optional)
				: tryAcquireAsync();
	}

	// Owned by a piece of work

	@Override
	public <T> T call(Callable<T> work) throws Exception {
		requireWork(work);
		lockInterruptibly();
		return callAndUnlock(work);
	}

	@Override
	public <T> Optional<T> tryCall(Callable<T> work) throws Exception {
		requireWork(work);
		return tryLock() ? Optional.ofNullable(callAndUnlock(work)) : Optional.empty();
	}

	@Override
	public <T> Optional<T> tryCall(Duration wait, Callable<T> work) throws Exception {
		requireWork(work);
		return tryLock(nanos(wait), TimeUnit.NANOSECONDS) ? Optional.ofNullable(callAndUnlock(work)) : Optional.empty();
	}

	/**
	 * What the work throws is more important than that the lease was lost meanwhile, or
	 * unlocked by the work itself.
	 */
	private <T> T callAndUnlock(Callable<T> work) throws Exception {
		T result;
		try {
			result = work.call();
		}
		catch (Throwable failure) {
			try {
				unlock();
			}
			catch (IllegalMonitorStateException lost) {
				failure.addSuppressed(lost);
			}
			throw failure;
		}
		unlock();
		return result;
	}

	/**
	 * The thread owns the lease before that is told, so that a listener may enter the
	 * lock again: it would wait for its own thread otherwise.
	 */
	private boolean own(@Nullable HeldLease lease) {
		if (lease != null) {
			this.holds.begin(key(), lease);
			lease.story().tellAcquired();
		}
		return lease != null;
	}

	private static Lease begun(HeldLease lease) {
		lease.story().tellAcquired();
		return lease.handle();
	}

	private @Nullable HeldLease attempt() {
		try {
			return attempt(Patience.NONE, BlockingCandidate::await);
		}
		catch (InterruptedException impossible) {
			throw new AssertionError(impossible);
		}
	}

	private @Nullable HeldLease attempt(long nanos) throws InterruptedException {
		if (nanos <= 0) {
			return attempt();
		}
		long deadline = System.nanoTime() + nanos;
		return attempt(Patience.TIMED, (candidate) -> candidate.awaitInterruptibly(deadline));
	}

	private @Nullable HeldLease attempt(Patience patience, Function<BlockingCandidate, Outcome> await)
			throws InterruptedException {
		return this.registry.attempt(this.wanted, patience, await);
	}

	private Optional<Lease> optional(@Nullable HeldLease lease) {
		return Optional.ofNullable(lease).map(HeldLease::handle);
	}

	/**
	 * As many as there can be where the time is longer.
	 */
	private static long nanos(Duration wait) {
		return TimeUnit.NANOSECONDS.convert(Objects.requireNonNull(wait, "wait"));
	}

	private static void requireWork(Callable<?> work) {
		Objects.requireNonNull(work, "work");
	}

	private static void throwIfInterrupted() throws InterruptedException {
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
	}

	@Override
	public String toString() {
		return "DistributedLock " + KeyText.quoted(key());
	}

}
