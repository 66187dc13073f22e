package io.dlock;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/**
 * A lock that one process of a cluster holds at a time.
 * <p>
 * <strong>Two ways to own it.</strong> Through the methods of {@link Lock} and the scoped
 * {@code call} forms a <em>thread</em> owns it, and may enter it again; the token is that
 * of {@link #currentLease()}. Through the {@code acquire} forms whoever has the
 * {@link Lease} owns it, on any thread, and nothing is reentrant. Both exclude each
 * other, here and in every other process. <pre>
 * try (Lease lease = locks.get("orders:42").acquire()) {
 *     store.save(order, lease.fencingToken());
 * }
 * </pre>
 * <p>
 * <strong>Held means renewed.</strong> What is held is kept alive in the background until
 * it is given up, for as long as the process lives and its store answers. When that ends
 * first, the lease is <em>lost</em>: {@link Lease#isValid()} turns false before anybody
 * else can have the lock, {@link Lease#onLost} and a {@code LockLostEvent} tell, and
 * {@link #unlock()} throws {@link LeaseLostException}.
 * <p>
 * <strong>Fairness.</strong> First come, first served between instances, and between the
 * threads of one instance; not between single threads of different instances. A try
 * without waiting never overtakes somebody who waits.
 * <p>
 * <strong>When the store is away.</strong> Untimed waits go on trying for one TTL, timed
 * ones until their deadline, and tries that do not wait for the command timeout; then
 * they throw {@link LockUnavailableException}, and at once where the store refuses the
 * login. A timed wait ends on time whatever the store does. While the application stops,
 * whoever waits gets {@link LockRegistryClosedException}.
 * <p>
 * <strong>Limits.</strong> No distributed lock stops a process that has lost it and does
 * not look: use {@link Lease#fencingToken()} where a stale write would hurt.
 * {@link #newCondition()} is not supported.
 */
public interface DistributedLock extends Lock {

	/**
	 * The lock's name.
	 * @return the key
	 */
	String key();

	/**
	 * Waits for the lock and takes it for this thread; an interrupt does not end the
	 * wait, and is kept.
	 * @throws LeaseLostException when this thread still holds it, but lost the lease
	 * @throws LockUnavailableException when the store was away for one TTL
	 * @throws LockRegistryClosedException when the application stops
	 */
	@Override
	void lock();

	/**
	 * Waits for the lock and takes it for this thread, unless interrupted.
	 * @throws InterruptedException when interrupted before the lock was obtained; nothing
	 * is held then, here or in the store
	 * @throws LeaseLostException when this thread still holds it, but lost the lease
	 * @throws LockUnavailableException when the store was away for one TTL
	 * @throws LockRegistryClosedException when the application stops
	 */
	@Override
	void lockInterruptibly() throws InterruptedException;

	/**
	 * Takes the lock for this thread if it is free and nobody waits for it, or if this
	 * thread has it. Waits for the store's answer only.
	 * @return whether this thread has the lock
	 * @throws LeaseLostException when this thread still holds it, but lost the lease
	 * @throws LockUnavailableException when the store does not answer within the command
	 * timeout
	 * @throws LockRegistryClosedException when the application stops
	 */
	@Override
	boolean tryLock();

	/**
	 * Waits for the lock for a limited time and takes it for this thread, unless
	 * interrupted.
	 * @param time how long to wait; zero or less tries once
	 * @return whether this thread has the lock
	 * @throws InterruptedException when interrupted before the lock was obtained
	 * @throws LeaseLostException when this thread still holds it, but lost the lease
	 * @throws LockUnavailableException when the time was over and the store was away
	 * @throws LockRegistryClosedException when the application stops
	 */
	@Override
	boolean tryLock(long time, TimeUnit unit) throws InterruptedException;

	/**
	 * Gives back one entry of this thread; the last one releases the lock, and waits for
	 * the store to confirm it, for no longer than the command timeout. A confirmation
	 * that does not come is asked for again in the background.
	 * @throws LeaseLostException when the lease was lost meanwhile; the entry counts as
	 * given back
	 * @throws IllegalMonitorStateException when this thread does not hold the lock
	 */
	@Override
	void unlock();

	/**
	 * Not supported: a condition would have to be signalled across processes.
	 * @throws UnsupportedOperationException always
	 */
	@Override
	Condition newCondition();

	/**
	 * The lease under which this thread holds the lock through {@link #lock()} and its
	 * relatives. Closing it releases the lock, whatever the number of entries.
	 * @return the lease, valid or lost, or empty when this thread does not hold the lock
	 */
	Optional<Lease> currentLease();

	/**
	 * Waits for the lock and returns the lease.
	 * @return the lease, to be closed by whoever has it
	 * @throws InterruptedException when interrupted before the lock was obtained
	 * @throws LockUnavailableException when the store was away for one TTL
	 * @throws LockRegistryClosedException when the application stops
	 * @throws IllegalMonitorStateException when this thread holds the lock through
	 * {@link #lock()} and would wait for itself
	 */
	Lease acquire() throws InterruptedException;

	/**
	 * Takes the lock if it is free and nobody waits for it.
	 * @return the lease, or empty when somebody else has the lock
	 * @throws LockUnavailableException when the store does not answer within the command
	 * timeout
	 * @throws LockRegistryClosedException when the application stops
	 */
	Optional<Lease> tryAcquire();

	/**
	 * Waits for the lock for a limited time.
	 * @param wait how long to wait; zero or less tries once
	 * @return the lease, or empty when the time was over first
	 * @throws InterruptedException when interrupted before the lock was obtained
	 * @throws LockUnavailableException when the time was over and the store was away
	 * @throws LockRegistryClosedException when the application stops
	 * @throws IllegalMonitorStateException when this thread holds the lock through
	 * {@link #lock()} and would wait for itself
	 */
	Optional<Lease> tryAcquire(Duration wait) throws InterruptedException;

	/**
	 * {@link #acquire()} without blocking. A future that its caller completes or cancels
	 * stops waiting, and a grant that comes too late for it is given back.
	 * @return a future of the lease; it fails with the exceptions of {@link #acquire()},
	 * but for the last: nobody knows which thread will wait for it
	 */
	CompletableFuture<Lease> acquireAsync();

	/**
	 * {@link #tryAcquire()} without blocking.
	 * @return a future of the lease; it fails with the exceptions of
	 * {@link #tryAcquire()}
	 */
	CompletableFuture<Optional<Lease>> tryAcquireAsync();

	/**
	 * {@link #tryAcquire(Duration)} without blocking. A future that its caller completes
	 * or cancels stops waiting, and a grant that comes too late for it is given back.
	 * @param wait how long to wait; zero or less tries once
	 * @return a future of the lease; it fails with the exceptions of
	 * {@link #tryAcquire(Duration)}
	 */
	CompletableFuture<Optional<Lease>> tryAcquireAsync(Duration wait);

	/**
	 * Runs work under the lock: waits for it, holds it for this thread while the work
	 * runs, and releases it in any case. An exception of the work reaches the caller
	 * unchanged.
	 * @param work what to do; it may enter the lock again
	 * @param <T> the type of the result
	 * @return what the work returned
	 * @throws LeaseLostException when the work ended normally, but the lease was lost
	 * before it did
	 * @throws InterruptedException when interrupted before the lock was obtained
	 * @throws Exception what the work throws, and what {@link #lockInterruptibly()} does
	 */
	<T> T call(Callable<T> work) throws Exception;

	/**
	 * Runs work under the lock if the lock can be had at once, like
	 * {@link #call(Callable)}.
	 * @param work what to do; a result of null looks like a lock that was not to be had
	 * @param <T> the type of the result
	 * @return what the work returned, or empty when somebody else has the lock
	 * @throws Exception what the work throws, and what {@link #tryLock()} does
	 */
	<T> Optional<T> tryCall(Callable<T> work) throws Exception;

	/**
	 * Runs work under the lock if the lock can be had in time, like
	 * {@link #call(Callable)}.
	 * @param wait how long to wait for the lock; zero or less tries once
	 * @param work what to do; a result of null looks like a lock that was not to be had
	 * @param <T> the type of the result
	 * @return what the work returned, or empty when the time was over first
	 * @throws Exception what the work throws, and what {@link #tryLock(long, TimeUnit)}
	 * does
	 */
	<T> Optional<T> tryCall(Duration wait, Callable<T> work) throws Exception;

}
