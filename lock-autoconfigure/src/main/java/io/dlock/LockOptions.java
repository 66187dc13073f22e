package io.dlock;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How one lock differs from the configured defaults. What is not set follows
 * {@code dlock.*}; if only the TTL is set, the renewal interval is a third of it.
 *
 * @param ttl how long the lock outlives a holder that vanishes; at least 100 ms
 * @param renewInterval how often a held lock is renewed; at most half of the TTL
 * @param maxHold the longest time a lease is held: after that it is given up, and lost as
 * {@linkplain LossCause#OVERDUE overdue}, so that a hung thread is not renewed for ever
 */
public record LockOptions(@Nullable Duration ttl, @Nullable Duration renewInterval, @Nullable Duration maxHold) {

	/**
	 * The shortest TTL: below it, the pauses of an ordinary JVM would look like deaths.
	 */
	public static final Duration SHORTEST_TTL = Duration.ofMillis(100);

	private static final LockOptions DEFAULTS = new LockOptions(null, null, null);

	public LockOptions {
		if (ttl != null && ttl.compareTo(SHORTEST_TTL) < 0) {
			throw new IllegalArgumentException("ttl is " + ttl + ": it must be at least " + SHORTEST_TTL.toMillis()
					+ " ms, because shorter pauses of a JVM are common");
		}
		if (renewInterval != null && (renewInterval.isNegative() || renewInterval.isZero())) {
			throw new IllegalArgumentException("renewInterval is " + renewInterval + ": it must be positive");
		}
		if (ttl != null && renewInterval != null && renewInterval.compareTo(ttl.dividedBy(2)) > 0) {
			throw new IllegalArgumentException("renewInterval is " + renewInterval
					+ ": it must be at most half of ttl (" + ttl + "), so that one lost renewal is not the end");
		}
		if (maxHold != null && (maxHold.isNegative() || maxHold.isZero())) {
			throw new IllegalArgumentException("maxHold is " + maxHold + ": it must be positive");
		}
	}

	/**
	 * Options that change nothing.
	 * @return the configured defaults
	 */
	public static LockOptions defaults() {
		return DEFAULTS;
	}

	/**
	 * These options with another TTL.
	 * @param ttl how long the lock outlives a holder that vanishes
	 * @return the changed options
	 */
	public LockOptions withTtl(Duration ttl) {
		return new LockOptions(ttl, this.renewInterval, this.maxHold);
	}

	/**
	 * These options with another renewal interval.
	 * @param renewInterval how often a held lock is renewed
	 * @return the changed options
	 */
	public LockOptions withRenewInterval(Duration renewInterval) {
		return new LockOptions(this.ttl, renewInterval, this.maxHold);
	}

	/**
	 * These options with a longest hold.
	 * @param maxHold after which time a lease is given up
	 * @return the changed options
	 */
	public LockOptions withMaxHold(Duration maxHold) {
		return new LockOptions(this.ttl, this.renewInterval, maxHold);
	}

}
