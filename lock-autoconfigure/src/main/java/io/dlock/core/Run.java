package io.dlock.core;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

import io.dlock.FailureCause;
import io.dlock.Leadership;
import io.dlock.Lease;
import io.dlock.LockUnavailableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A registry from one start to its stop: the attempts, leaderships and leases of that
 * time, and their orderly end.
 */
final class Run implements StoreListener {

	private static final Logger logger = LoggerFactory.getLogger(Run.class);

	/** What listeners get though the store has taken all the time there was: 100 ms. */
	private static final long MOMENT = 100_000_000;

	private final Instance instance;

	private final KeyLocks keyLocks;

	private final ConcurrentMap<String, StandingLeadership> leaderships = new ConcurrentHashMap<>();

	Run(String id, LeaseSettings settings, LockStore store, Instance.Environment environment, Narrator narrator) {
		this.instance = Instance.of(id, settings, store, environment, narrator);
		this.keyLocks = new KeyLocks(this.instance);
	}

	void begin() {
		this.instance.store().start(this.instance.id(), this);
	}

	// What the store tells

	@Override
	public void granted(PushedGrant grant) {
		this.keyLocks.pushed(grant);
	}

	@Override
	public void unconfirmed(GrantId id, String reason) {
		this.keyLocks.unconfirmed(id, reason);
	}

	@Override
	public void connected() {
		this.instance.availability().connected();
		this.instance.renewer().renewNow();
		this.instance.releases().retryNow();
		this.keyLocks.all().forEach(KeyLock::recheck);
	}

	@Override
	public void disconnected(Throwable cause) {
		this.instance.availability().disconnected(cause);
	}

	// Attempts

	/**
	 * Attempts on the calling thread, which tells of the begin of the lease.
	 */
	@Nullable HeldLease attempt(Wanted wanted, Patience patience, Function<BlockingCandidate, Outcome> await)
			throws InterruptedException {
		BlockingCandidate candidate = new BlockingCandidate(wanted, patience, this.instance);
		this.keyLocks.enter(candidate);
		Outcome outcome = await.apply(candidate);
		if (outcome instanceof Outcome.Served served) {
			return served.lease();
		}
		Outcome.Failed failed = (Outcome.Failed) outcome;
		this.instance.narrator().failed(wanted.key(), wanted.kind(), failed);
		if (failed.cause() == FailureCause.INTERRUPTED) {
			throw new InterruptedException();
		}
		if (failed.error() != null) {
			throw failed.error().get();
		}
		return null;
	}

	<T> CompletableFuture<T> attemptAsync(Wanted wanted, Patience patience, @Nullable Long waitNanos,
			Function<@Nullable HeldLease, T> result) {
		FutureCandidate<T> candidate = new FutureCandidate<>(wanted, patience, this.instance, result);
		this.keyLocks.enter(candidate);
		if (waitNanos != null) {
			candidate.leaveAfter(waitNanos);
		}
		return candidate.future();
	}

	CompletionStage<ClaimAnswer> claim(HeldLease lease, Tick tick) {
		GrantId holder = lease.grant().id();
		return this.instance.store()
			.claim(holder, this.instance.nextGrantId(holder.key()), tick.claim(this.instance.now()));
	}

	Leadership contend(Wanted wanted) {
		if (this.keyLocks.isClosed()) {
			throw Outcome.Failed.closedException(wanted.key());
		}
		StandingLeadership created = new StandingLeadership(wanted, this.instance, this.keyLocks::enter,
				(closed) -> this.leaderships.remove(closed.key(), closed));
		StandingLeadership standing = this.leaderships.compute(wanted.key(),
				(key, present) -> (present != null && !present.isClosed()) ? present : created);
		if (standing == created) {
			created.contend();
		}
		return standing;
	}

	List<Lease> leases() {
		return held().stream().filter(Lease::isValid).map(Lease.class::cast).toList();
	}

	int keysInUse() {
		return this.keyLocks.all().size();
	}

	LockUnavailableException unavailable(String key, Throwable cause) {
		this.instance.availability().failed(cause);
		return this.instance.availability().exception(key);
	}

	// The end

	void endWaiting() {
		this.keyLocks.close();
	}

	/**
	 * Releases what is held, waits for the store and the listeners, but not for long, and
	 * ends the threads and the store. An interrupt is for whoever stops the application,
	 * and kept for it: that waits would end at once, and leave locks taken.
	 */
	void end(Duration patience) {
		boolean interrupted = Thread.interrupted();
		try {
			endInTime(patience);
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private void endInTime(Duration patience) {
		long deadline = System.nanoTime() + patience.toNanos();
		try {
			endWaiting();
			held().forEach(HeldLease::letGo);
			awaitConfirmations(deadline);
			if (!this.instance.callbacks().close(Math.max(MOMENT, deadline - System.nanoTime()))) {
				logger.warn("Listeners of dlock were still busy after {} ms of shutdown", patience.toMillis());
			}
		}
		finally {
			this.instance.releases().endWaiting();
			this.instance.alarm().close();
			this.instance.store().stop();
		}
	}

	private void awaitConfirmations(long deadline) {
		try {
			this.instance.releases().allConfirmed().get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | TimeoutException ex) {
			logger.warn("{} did not confirm all releases at shutdown: others get these locks when their TTL is over",
					this.instance.store().description());
		}
	}

	Collection<HeldLease> held() {
		return this.keyLocks.all().stream().map(KeyLock::lease).filter(Objects::nonNull).toList();
	}

}
