package io.dlock.core;

import java.time.Duration;

/**
 * What a registry does unless {@link io.dlock.LockOptions} say otherwise.
 *
 * @param instanceId how the instance is called, without white space; made unique by the
 * registry
 * @param ttl how long a lock outlives a holder that vanishes
 * @param renewInterval how often a held lock is renewed; at most half of the TTL
 * @param pollInterval how often a waiting request asks when the store cannot tell of
 * grants
 * @param commandTimeout how long the store may take to answer a command
 */
public record LeaseSettings(String instanceId, Duration ttl, Duration renewInterval, Duration pollInterval,
		Duration commandTimeout) {

	/**
	 * The longest TTL that a lock can have: what is added to a time of the clock must
	 * stay far from the range of its numbers.
	 */
	public static final Duration LONGEST_TTL = Duration.ofDays(365);

	private static final long NANOS_PER_SECOND = 1_000_000_000;

	/**
	 * A part of a TTL. {@link Duration#dividedBy(long)} would do, but by way of big
	 * decimal numbers: a tenth of what dlock adds to the start of an application.
	 * @param ttl the whole, however long
	 * @param divisor which part
	 * @return the part, rounded down to nanoseconds
	 */
	public static Duration part(Duration ttl, int divisor) {
		long seconds = ttl.getSeconds();
		long nanos = seconds % divisor * NANOS_PER_SECOND + ttl.getNano();
		return Duration.ofSeconds(seconds / divisor, nanos / divisor);
	}

}
