package io.dlock.core;

import java.time.Instant;

/**
 * What a store decides about a {@link Claim} of a grant that holds the key.
 */
public sealed interface ClaimAnswer {

	/**
	 * The tick is taken by this claim.
	 */
	record Claimed() implements ClaimAnswer {
	}

	/**
	 * The tick has been taken before, or a later one.
	 *
	 * @param by the instance that took the last tick
	 * @param tick the time of the last tick
	 */
	record AlreadyRan(String by, Instant tick) implements ClaimAnswer {
	}

	/**
	 * The grant does not hold the key any more.
	 */
	record NotHeld() implements ClaimAnswer {
	}

}
