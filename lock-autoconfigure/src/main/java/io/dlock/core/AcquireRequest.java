package io.dlock.core;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * A request for a key.
 *
 * @param id the grant to be
 * @param ttl how long the grant lasts without renewal; the same in every request for this
 * id
 * @param tokens how many fencing tokens are wanted, at least one
 * @param seen the greatest fencing token that this instance has met on any key
 * @param waits whether to enter the queue when the key cannot be had at once
 * @param atLeast how long the key stays taken from the grant on, whatever becomes of it
 * @param claim the tick that has to be claimed in the same step, or null for none
 */
public record AcquireRequest(GrantId id, Duration ttl, int tokens, long seen, boolean waits, Duration atLeast,
		@Nullable Claim claim) {

	public AcquireRequest {
		if (tokens < 1) {
			throw new IllegalArgumentException("tokens is " + tokens + ": ask for at least one");
		}
	}

	/**
	 * A request for nothing but the key.
	 * @param id the grant to be
	 * @param ttl how long the grant lasts without renewal
	 * @param tokens how many fencing tokens are wanted
	 * @param seen the greatest fencing token that this instance has met on any key
	 * @param waits whether to enter the queue when the key cannot be had at once
	 */
	public AcquireRequest(GrantId id, Duration ttl, int tokens, long seen, boolean waits) {
		this(id, ttl, tokens, seen, waits, Duration.ZERO, null);
	}

}
