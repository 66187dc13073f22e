package io.dlock.event;

import java.time.Duration;

import io.dlock.LockKind;
import io.dlock.LockRegistry;

/**
 * A lease ended by release: the lock was given back.
 */
public final class LockReleasedEvent extends LockEvent {

	private final long fencingToken;

	private final Duration heldFor;

	/**
	 * A release.
	 * @param source the registry of this instance
	 * @param key the lock's name
	 * @param kind what the lock was taken for
	 * @param fencingToken the token of the lease
	 * @param heldFor the time from the begin of the lease to its end
	 */
	public LockReleasedEvent(LockRegistry source, String key, LockKind kind, long fencingToken, Duration heldFor) {
		super(source, key, kind);
		this.fencingToken = fencingToken;
		this.heldFor = heldFor;
	}

	/**
	 * The token of the lease.
	 * @return the fencing token
	 */
	public long getFencingToken() {
		return this.fencingToken;
	}

	/**
	 * The time from the begin of the lease to its end.
	 * @return how long the lock was held
	 */
	public Duration getHeldFor() {
		return this.heldFor;
	}

	@Override
	String details() {
		return "fencingToken=" + this.fencingToken + ", heldFor=" + this.heldFor;
	}

}
