package io.dlock.core;

import io.dlock.LossCause;

/**
 * What a store says of a {@link RenewRequest}.
 */
public sealed interface RenewVerdict {

	/**
	 * The grant holds the key, and its TTL has begun anew.
	 */
	record Renewed() implements RenewVerdict {
	}

	/**
	 * The grant does not hold the key any more.
	 *
	 * @param cause what became of it
	 * @param detail who or what is there instead, for people
	 */
	record Lost(LossCause cause, String detail) implements RenewVerdict {
	}

	/**
	 * Nobody can say. Extends nothing and ends nothing.
	 *
	 * @param reason why there is no answer, for people
	 */
	record Unknown(String reason) implements RenewVerdict {
	}

}
