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
}
