package io.dlock.core;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * A moment at which a job is due, as the scheduler of one instance sees it.
 */
public sealed interface Tick {

	/**
	 * How it is claimed at a moment.
	 * @param now the time of the nano clock
	 */
	Claim claim(long now);

	/**
	 * A time of day, which is the same for all instances, whatever their clocks say.
	 *
	 * @param schedule what plans such times
	 * @param time for when it was planned
	 * @param period the time until the next
	 */
	record At(String schedule, Instant time, Duration period) implements Tick {

		@Override
		public Claim claim(long now) {
			return new Claim(this.schedule, Claim.Kind.AT, this.time.toEpochMilli(), this.period);
		}

	}

	/**
	 * One of many, a period apart, which each instance counts from a start of its own.
	 *
	 * @param period the time between two of them
	 * @param due when it was due, by the nano clock
	 */
	record Every(Duration period, long due) implements Tick {

		@Override
		public Claim claim(long now) {
			return new Claim("every " + this.period, Claim.Kind.EVERY,
					Math.max(0, TimeUnit.NANOSECONDS.toMillis(now - this.due)), this.period);
		}

	}

	/**
	 * A period after the end of the last run.
	 *
	 * @param period the time between the runs
	 */
	record After(Duration period) implements Tick {

		@Override
		public Claim claim(long now) {
			return new Claim("after " + this.period, Claim.Kind.AFTER, 0, this.period);
		}

	}

}
