package io.dlock.benchmarks;

import java.time.Duration;

/**
 * What all contestants are given.
 *
 * @param port where Redis listens, on this machine
 * @param ttl how long a lock lives without being renewed
 */
record Setting(int port, Duration ttl) {

	static final String HOST = "127.0.0.1";

	static final Duration DEFAULT_TTL = Duration.ofSeconds(10);

}
