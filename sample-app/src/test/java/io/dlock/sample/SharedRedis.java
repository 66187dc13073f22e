package io.dlock.sample;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

import static org.awaitility.Awaitility.await;

/**
 * The redis-server that instances under test share, and that outlives them.
 */
final class SharedRedis {

	private SharedRedis() {
	}

	static Optional<RedisProcess> at(int port) {
		try {
			return Optional.of(new RedisProbe(port).ask());
		}
		catch (IOException ex) {
			return Optional.empty();
		}
	}

	static void stop(int port) {
		at(port).flatMap((redis) -> ProcessHandle.of(redis.pid())).ifPresent(ProcessHandle::destroy);
		await().pollInterval(Duration.ofMillis(10)).until(() -> at(port).isEmpty());
	}

}
