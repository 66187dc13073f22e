package io.dlock.event;

import java.time.Duration;

import io.dlock.LockKind;
import io.dlock.LockRegistry;

/**
 * A lease begins: this instance has the lock. Entering a lock again publishes nothing; a
 * hand-off from thread to thread does.
 */
public final class LockAcquiredEvent extends LockEvent {

	private final long fencingToken;

	private final Duration waitTime;

	/**
	 * An acquisition.
	 * @param source the registry of this instance
	 * @param key the lock's name
	 * @param kind what the lock is taken for
	 * @param fencingToken the token of the lease
	 * @param waitTime the time from the attempt to the lease
	 */
	public LockAcquiredEvent(LockRegistry source, String key, LockKind kind, long fencingToken, Duration waitTime) {
		super(source, key, kind);
		this.fencingToken = fencingToken;
		this.waitTime = waitTime;
	}

	/**
	 * The token of the lease, greater than that of every earlier lease of the key.
	 * @return the fencing token
	 */
	public long getFencingToken() {
		return this.fencingToken;
	}

	/**
	 * The time from the attempt to the lease.
	 * @return how long was waited
	 */
	public Duration getWaitTime() {
		return this.waitTime;
	}

	@Override
	String details() {
		return "fencingToken=" + this.fencingToken + ", waitTime=" + this.waitTime;
	}

}
