package io.dlock.autoconfigure;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import io.dlock.testing.RedisServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for an application with dlock that is processed ahead of time.
 */
class AheadOfTimeTests {

	private static final List<String> OUTPUT = List.of("leads adm", "by its schedule: hourly",
			"by its class: Optional[orders:EU:42]", "by its class, held elsewhere: Optional.empty",
			"by its interface: Optional[nightly]", "by its interface, held elsewhere: Optional.empty");

	private static ProcessedApplication application;

	@BeforeAll
	static void process(@TempDir Path folder) throws IOException {
		application = ProcessedApplication.of(AheadOfTimeApplication.class, folder);
	}

	@Test
	void keepsItsLocksInTheRedisThatItIsStartedWith() throws Exception {
		try (RedisServer redis = RedisServer.start()) {
			assertThat(application.run("--dlock.host=" + redis.host(), "--dlock.port=" + redis.port()))
				.containsAll(OUTPUT)
				.anyMatch((line) -> line.endsWith("Locks are kept in Redis at " + redis.address()));
		}
	}

	@Test
	void keepsItsLocksInItsOwnRedis() throws Exception {
		try (RedisServer redis = RedisServer.start()) {
			assertThat(application.run("--spring.data.redis.host=" + redis.host(),
					"--spring.data.redis.port=" + redis.port()))
				.containsAll(OUTPUT)
				.anyMatch((line) -> line.endsWith("Locks are kept in Redis at " + redis.address()));
		}
	}

	@Test
	void keepsItsLocksInMemoryIfItIsBuiltSo(@TempDir Path folder) throws Exception {
		assertThat(ProcessedApplication.of(AheadOfTimeApplication.class, folder, "--dlock.mode=local")
			.run("--dlock.mode=local")).containsAll(OUTPUT)
			.anyMatch((line) -> line.endsWith("locks hold in this process only"));
	}

}
