package io.dlock.core;

import java.time.Duration;

/**
 * A request for a key.
 *
 * @param id the grant to be
 * @param ttl how long the grant lasts without renewal; the same in every request for this
 * id
 * @param tokens how many fencing tokens are wanted, at least one
 * @param seen the greatest fencing token that this instance has met on any key
 * @param waits whether to enter the queue when the key cannot be had at once
 */
public record AcquireRequest(GrantId id, Duration ttl, int tokens, long seen, boolean waits) {

	public AcquireRequest {
		if (tokens < 1) {
			throw new IllegalArgumentException("tokens is " + tokens + ": ask for at least one");
		}
	}

}
