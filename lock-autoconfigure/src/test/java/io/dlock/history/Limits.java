package io.dlock.history;

import java.time.Duration;

/**
 * What is promised, in nanoseconds.
 *
 * @param ttl how long a lock outlives a holder that vanishes
 * @param hearing how long after another's grant a holder may believe in its own, where
 * the store has forgotten something: zero where it forgets nothing
 * @param slack what a busy machine may add to any time
 */
public record Limits(long ttl, long hearing, long slack) {

	/**
	 * Limits for a store that forgets nothing.
	 */
	public static Limits strict(Duration ttl, Duration slack) {
		return new Limits(ttl.toNanos(), 0, slack.toNanos());
	}

	/**
	 * Limits for a store that may forget what was written.
	 */
	public static Limits forgetful(Duration ttl, Duration renewInterval, Duration commandTimeout, Duration slack) {
		return new Limits(ttl.toNanos(), renewInterval.plus(commandTimeout).plus(slack).toNanos(), slack.toNanos());
	}

	boolean mayForget() {
		return this.hearing > 0;
	}

}
