package io.dlock.core;

import java.time.Duration;
import java.time.Instant;

/**
 * What a store decides about an {@link AcquireRequest}.
 */
public sealed interface AcquireAnswer {

	/**
	 * The key is held by the grant asked for.
	 *
	 * @param firstToken the first fencing token of the grant
	 * @param tokens how many consecutive tokens it has
	 */
	record Granted(long firstToken, int tokens) implements AcquireAnswer {
	}

	/**
	 * The key cannot be had now, and the request waits in its queue.
	 *
	 * @param holder the instance that holds the key, as far as the store can tell
	 * @param remaining how long the holder's grant lasts without renewal
	 * @param position the place in the queue, from 1
	 * @param mark the greatest fencing token that can have been issued so far: a grant
	 * with this token or a smaller one is older than this answer
	 * @param pushed whether the store will tell when the key is granted; otherwise only
	 * the next request finds out
	 */
	record Queued(String holder, Duration remaining, int position, long mark, boolean pushed) implements AcquireAnswer {
	}

	/**
	 * The key cannot be had now, and the request does not wait.
	 *
	 * @param holder the instance that holds the key, as far as the store can tell
	 * @param remaining how long the holder's grant lasts without renewal
	 */
	record Held(String holder, Duration remaining) implements AcquireAnswer {
	}

	/**
	 * The tick that was to be claimed has been taken already, or a later one; the request
	 * neither has the key by that nor waits for it.
	 *
	 * @param by the instance that took the last tick
	 * @param tick the time of the last tick
	 */
	record AlreadyRan(String by, Instant tick) implements AcquireAnswer {
	}

	/**
	 * The key has been granted, but the store cannot vouch for it: the grant must not be
	 * used, and is to be given back.
	 *
	 * @param reason why, for people
	 */
	record Unconfirmed(String reason) implements AcquireAnswer {
	}

}
