package io.dlock.core;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

import io.dlock.DistributedLock;
import io.dlock.Holder;
import io.dlock.KeyText;
import io.dlock.Leadership;
import io.dlock.Lease;
import io.dlock.LockKind;
import io.dlock.LockOptions;
import io.dlock.LockRegistry;
import io.dlock.LockRegistryClosedException;
import io.dlock.LockUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * The locks of one application instance, kept in a {@link LockStore}.
 * <p>
 * It owns every thread and every lease from {@link #start} to {@link #stop}, and may be
 * started again after that; each run has an id of its own. Between {@link #endWaiting}
 * and {@link #stop}, what is held stays held, and nothing else can be had.
 */
public final class LeasingLockRegistry implements LockRegistry {

	private static final SecureRandom random = new SecureRandom();

	private final LockStore store;

	private final LeaseSettings settings;

	private final Narrator narrator;

	private final NanoClock clock;

	private final Supplier<Alarm> alarms;

	private final ThreadHolds holds = new ThreadHolds();

	private volatile String instanceId;

	private volatile @Nullable Run run;

	/**
	 * A registry that is not started.
	 * @param store what keeps the locks; started and stopped by the registry
	 * @param settings the defaults for every lock
	 * @param observer is told what happens
	 */
	public LeasingLockRegistry(LockStore store, LeaseSettings settings, LockObserver observer) {
		this(store, settings, observer, System::nanoTime, AlarmThread::new);
	}

	LeasingLockRegistry(LockStore store, LeaseSettings settings, LockObserver observer, NanoClock clock,
			Supplier<Alarm> alarms) {
		this.store = store;
		this.settings = settings;
		this.narrator = new Narrator(this, observer);
		this.clock = clock;
		this.alarms = alarms;
		this.instanceId = uniqueId();
	}

	/**
	 * Opens the registry; the store is connected in the background. Does nothing when it
	 * is open.
	 */
	public synchronized void start() {
		if (this.run == null) {
			this.instanceId = uniqueId();
			Alarm alarm = this.alarms.get();
			Run started = new Run(this.instanceId, this.settings, this.store,
					new Instance.Environment(this.clock, alarm, Callbacks.onThreads(alarm)), this.narrator);
			try {
				started.begin();
			}
			catch (RuntimeException | Error failure) {
				alarm.close();
				throw failure;
			}
			this.run = started;
		}
	}

	public boolean isRunning() {
		return this.run != null;
	}

	/**
	 * From now on nobody may wait or take a lock: who tries gets
	 * {@link LockRegistryClosedException}. What is held stays held until {@link #stop}.
	 */
	public void endWaiting() {
		Run current = this.run;
		if (current != null) {
			current.endWaiting();
		}
	}

	/**
	 * Closes the registry: releases what is held, tells the observer, and stops the store
	 * and all threads.
	 * @param patience how long to wait for the store's confirmations and for listeners;
	 * what is not confirmed by then ends with its TTL
	 */
	public synchronized void stop(Duration patience) {
		Run current = this.run;
		if (current != null) {
			try {
				current.end(patience);
			}
			finally {
				this.run = null;
			}
		}
	}

	@Override
	public DistributedLock get(String key) {
		return get(key, LockOptions.defaults());
	}

	@Override
	public DistributedLock get(String key, LockOptions options) {
		return get(key, options, LockKind.LOCK);
	}

	/**
	 * The lock of a key, whose events are of a certain kind.
	 * @param key the lock's name
	 * @param options what differs from the defaults
	 * @param kind what the lock is taken for
	 * @return the lock
	 */
	public DistributedLock get(String key, LockOptions options, LockKind kind) {
		return new LeasingLock(this, wanted(key, options, kind, JobTerms.NONE), this.holds);
	}

	/**
	 * The lock of a job.
	 * @param key the lock's name
	 * @param options what differs from the defaults
	 * @param job what the job asks for besides the lock
	 * @return the lock
	 */
	public DistributedLock get(String key, LockOptions options, JobTerms job) {
		return new LeasingLock(this, wanted(key, options, LockKind.JOB, job), this.holds);
	}

	@Override
	public Leadership contend(String key) {
		Wanted wanted = wanted(key, LockOptions.defaults(), LockKind.LEADERSHIP, JobTerms.NONE);
		return running(key).contend(wanted);
	}

	@Override
	public Collection<Lease> leases() {
		Run current = this.run;
		return (current != null) ? current.leases() : List.of();
	}

	@Override
	public Optional<Holder> holder(String key) {
		requireKey(key);
		Run current = running(key);
		return answer(current, key, () -> this.store.holder(key));
	}

	/**
	 * Claims a tick for a lease that goes on to be held.
	 * @param lease a lease of this registry
	 * @param tick the tick
	 * @return whether the tick was there to be had, and the lease still holds the lock
	 * @throws LockUnavailableException when the store does not answer
	 */
	public boolean claim(Lease lease, Tick tick) {
		HeldLease held = ((LeaseHandle) lease).held();
		Run current = running(held.key());
		ClaimAnswer answer = answer(current, held.key(), () -> current.claim(held, tick));
		if (answer instanceof ClaimAnswer.Claimed) {
			return true;
		}
		Outcome.Failed failed = (answer instanceof ClaimAnswer.AlreadyRan ran)
				? Outcome.Failed.alreadyRan(ran.by(), ran.tick()) : Outcome.Failed.held(null);
		this.narrator.failed(held.key(), held.kind(), failed);
		return false;
	}

	/**
	 * Limits for how long a lease is held from now on.
	 * @param lease a lease of this registry
	 * @param maxHold after which time it is lost as overdue, or null for never
	 */
	public void limit(Lease lease, @Nullable Duration maxHold) {
		((LeaseHandle) lease).held().limit((maxHold != null) ? TimeUnit.NANOSECONDS.convert(maxHold) : null);
	}

	private <T> T answer(Run current, String key, Supplier<CompletionStage<T>> question) {
		CompletableFuture<T> answer = Releases.sent(question).toCompletableFuture();
		try {
			return answer.get(this.settings.commandTimeout().toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new LockUnavailableException("What holds for lock " + KeyText.quoted(key)
					+ " is not known: the thread was interrupted while it asked", Instant.now(), ex);
		}
		catch (ExecutionException ex) {
			throw current.unavailable(key, Objects.requireNonNull(ex.getCause()));
		}
		catch (TimeoutException ex) {
			throw current.unavailable(key, ex);
		}
	}

	@Override
	public String instanceId() {
		return this.instanceId;
	}

	/**
	 * A blocking attempt on the calling thread.
	 * @return the lease, or null when the attempt ended without one and without an error
	 */
	@Nullable HeldLease attempt(Wanted wanted, Patience patience, Function<BlockingCandidate, Outcome> await)
			throws InterruptedException {
		return running(wanted.key()).attempt(wanted, patience, await);
	}

	/**
	 * An attempt that a future stands for.
	 */
	<T> CompletableFuture<T> attemptAsync(Wanted wanted, Patience patience, @Nullable Long waitNanos,
			Function<@Nullable HeldLease, T> result) {
		Run current = this.run;
		if (current == null) {
			return CompletableFuture.failedFuture(closed(wanted.key()));
		}
		return current.attemptAsync(wanted, patience, waitNanos, result);
	}

	private Run running(String key) {
		Run current = this.run;
		if (current == null) {
			throw closed(key);
		}
		return current;
	}

	private static LockRegistryClosedException closed(String key) {
		return Outcome.Failed.closedException(key);
	}

	private Wanted wanted(String key, LockOptions options, LockKind kind, JobTerms job) {
		requireKey(key);
		Objects.requireNonNull(options, "options");
		return new Wanted(key, LeaseTerms.of(this.settings, options, job), kind);
	}

	/**
	 * A key that begins with a brace would leave the hash slot that all data of a lock
	 * share.
	 */
	private static void requireKey(String key) {
		if (Objects.requireNonNull(key, "key").isEmpty() || key.charAt(0) == '}') {
			throw new IllegalArgumentException("A lock's key must not be empty or begin with '}', but it is "
					+ KeyText.quoted(key) + ": give the lock another name");
		}
		if (hasHalfASurrogatePair(key)) {
			throw new IllegalArgumentException("A lock's key must be Unicode text, but " + KeyText.quoted(key)
					+ " contains half a surrogate pair, which a store could not tell from another");
		}
	}

	private static boolean hasHalfASurrogatePair(String key) {
		for (int i = 0; i < key.length(); i++) {
			if (Character.isSurrogate(key.charAt(i))) {
				if (Character.charCount(key.codePointAt(i)) == 1) {
					return true;
				}
				i++; // the other half
			}
		}
		return false;
	}

	private String uniqueId() {
		return this.settings.instanceId() + "-" + Long.toString(random.nextLong() >>> 1, 36);
	}

}
