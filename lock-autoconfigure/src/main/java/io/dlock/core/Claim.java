package io.dlock.core;

import java.time.Duration;

/**
 * The claim of a tick, in the words of a store: whoever obtains it runs the job for that
 * tick, and nobody else ever does.
 *
 * @param schedule which of the key's schedules it is about: each has ticks of its own
 * @param kind how the store tells whether the tick has been taken
 * @param millis what that depends on, see the kinds
 * @param period the time from one tick to the next
 */
public record Claim(String schedule, Kind kind, long millis, Duration period) {

	/**
	 * For how long a store remembers the last tick, at least: by then, every instance
	 * must have come to it, however late its clock or its threads are.
	 */
	public Duration remembered() {
		return Duration.ofDays(1).plus(this.period).plus(this.period);
	}

	/**
	 * How the store tells whether a tick has been taken.
	 */
	public enum Kind {

		/**
		 * By the time for which it was planned, in ms since the epoch: it must be later
		 * than that of the last tick taken. The clocks of instances need not agree.
		 */
		AT,

		/**
		 * By the store's clock: {@code millis} ago, a period must have passed since the
		 * last tick taken; a little less is enough, but does not add up.
		 */
		EVERY,

		/**
		 * By the store's clock: a period, or a little less, must have passed since the
		 * run of the last tick ended, as far as the store knows of that end.
		 */
		AFTER

	}

}
