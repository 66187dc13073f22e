package io.dlock.autoconfigure;

import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.env.Environment;

/**
 * Settings that have Spring wait for running tasks when it destroys beans: by then, the
 * lifecycle has stopped the registry, and the locks of these tasks are given up. Without
 * them, Spring waits while schedulers and executors are stopped, which comes before.
 * Those with virtual threads do not wait there.
 */
final class LateWaits {

	private static final Logger logger = LoggerFactory.getLogger(LateWaits.class);

	private static final List<String> PROPERTIES = List.of("spring.task.scheduling.shutdown.await-termination",
			"spring.task.execution.shutdown.await-termination");

	private LateWaits() {
	}

	/**
	 * Warns of each that is in use.
	 * @param environment has the settings
	 */
	static void warn(Environment environment) {
		for (String property : PROPERTIES) {
			if (environment.getProperty(property, Boolean.class, false)) {
				logger.warn("{} is true, so that Spring waits for running tasks when their locks have been given up. "
						+ "Remove it, and set spring.lifecycle.timeout-per-shutdown-phase: for so long, Spring waits "
						+ "before, except for tasks on virtual threads", property);
			}
		}
	}

}
