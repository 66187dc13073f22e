package io.dlock.soak;

import java.time.Duration;
import java.util.List;

/**
 * What all nodes have in common.
 */
final class Terms {

	static final Duration TTL = Duration.ofMillis(1_500);

	static final Duration RENEW_INTERVAL = Duration.ofMillis(500);

	static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(1);

	/** What a machine with other work to do may add to any time. */
	static final Duration SLACK = Duration.ofMillis(1_500);

	static final List<String> KEYS = List.of("plain", "with {braces} and spaces", "ключ:42");

	static final int THREADS = 4;

	private Terms() {
	}

	/**
	 * What an application would set.
	 */
	static List<String> properties() {
		return List.of("dlock.ttl=" + TTL.toMillis() + "ms", "dlock.renew-interval=" + RENEW_INTERVAL.toMillis() + "ms",
				"dlock.command-timeout=" + COMMAND_TIMEOUT.toMillis() + "ms");
	}

}
