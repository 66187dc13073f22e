package io.dlock.core;

/**
 * How long a candidate waits, and how long it bears a store that is away.
 */
enum Patience {

	/**
	 * Does not wait; bears an outage for the command timeout.
	 */
	NONE,

	/**
	 * Waits until a deadline of its own, outage or not.
	 */
	TIMED,

	/**
	 * Waits for as long as it takes; bears an outage for one TTL.
	 */
	UNTIMED,

	/**
	 * Never gives up.
	 */
	ENDLESS

}
