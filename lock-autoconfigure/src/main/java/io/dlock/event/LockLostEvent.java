package io.dlock.event;

import java.time.Instant;

import io.dlock.LockKind;
import io.dlock.LockRegistry;
import io.dlock.LossCause;

/**
 * A lease ended without a release: what it protected has to stop. Where the lock store
 * was away, it is told while there is still time for that, a tenth of the TTL before
 * anybody else can have the lock. Where this process stood still, or the store has lost
 * the lock, somebody else may have it already; and a lease that was held for too long is
 * given up in the same moment.
 * <p>
 * It is published a second time where it had to overtake the {@link LockAcquiredEvent},
 * because a listener was busy with that: when all have heard of the begin.
 */
public final class LockLostEvent extends LockEvent {

	private final long fencingToken;

	private final LossCause cause;

	private final Instant lostAt;

	/**
	 * A loss.
	 * @param source the registry of this instance
	 * @param key the lock's name
	 * @param kind what the lock was taken for
	 * @param fencingToken the token of the lease
	 * @param cause why it was lost
	 * @param lostAt when it was found to be lost, by this machine's wall clock
	 */
	public LockLostEvent(LockRegistry source, String key, LockKind kind, long fencingToken, LossCause cause,
			Instant lostAt) {
		super(source, key, kind);
		this.fencingToken = fencingToken;
		this.cause = cause;
		this.lostAt = lostAt;
	}

	/**
	 * The token of the lease.
	 * @return the fencing token
	 */
	public long getFencingToken() {
		return this.fencingToken;
	}

	/**
	 * Why the lease was lost.
	 * @return the cause
	 */
	public LossCause getCause() {
		return this.cause;
	}

	/**
	 * When the lease was found to be lost, by this machine's wall clock.
	 * @return the time of the loss
	 */
	public Instant getLostAt() {
		return this.lostAt;
	}

	@Override
	String details() {
		return "fencingToken=" + this.fencingToken + ", cause=" + this.cause + ", lostAt=" + this.lostAt;
	}

}
