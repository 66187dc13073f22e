package io.dlock;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * The lock store does not answer, or refuses to: nobody can say whether the lock is free.
 * The message names the store, the time since when, and the cause.
 */
public class LockUnavailableException extends LockException {

	private final Instant since;

	/**
	 * An outage.
	 * @param message which store is away and what was attempted
	 * @param since when the store was first found to be away
	 * @param cause what the last attempt met
	 */
	public LockUnavailableException(String message, Instant since, @Nullable Throwable cause) {
		super(message, cause);
		this.since = since;
	}

	/**
	 * When the store was first found to be away, by this machine's wall clock.
	 * @return the begin of the outage
	 */
	public Instant getSince() {
		return this.since;
	}

}
