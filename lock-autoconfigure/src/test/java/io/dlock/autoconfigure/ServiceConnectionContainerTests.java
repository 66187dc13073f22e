package io.dlock.autoconfigure;

import com.redis.testcontainers.RedisContainer;
import io.dlock.Lease;
import io.dlock.LockRegistry;
import io.dlock.autoconfigure.DlockConnectionDetails.Node;
import io.dlock.autoconfigure.DlockConnectionDetails.Standalone;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.utility.DockerImageName;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that {@code @ServiceConnection} on a Redis container is where the locks are kept,
 * whatever the properties say.
 */
class ServiceConnectionContainerTests {

	private static final DockerImageName IMAGE = DockerImageName
		.parse(System.getProperty("dlock.test.redis-image", "redis:8-alpine"))
		.asCompatibleSubstituteFor("redis");

	private static final int PORT = 6379;

	/**
	 * Any container of a Redis image, as a field of the test.
	 */
	@Nested
	@Testcontainers(disabledWithoutDocker = true)
	@SpringBootTest(classes = Application.class, properties = "dlock.port=1")
	@DirtiesContext // a cached one would look for the stopped container until the JVM
					// ends
	class AnyContainerTests {

		@Container
		@ServiceConnection(name = "redis")
		private static final GenericContainer<?> redis = new GenericContainer<>(IMAGE).withExposedPorts(PORT)
			.waitingFor(Wait.forLogMessage(".*Ready to accept connections.*\\n", 1));

		@Test
		void keepsTheLocks(@Autowired LockRegistry locks, @Autowired DlockConnectionDetails details,
				@Autowired DataRedisConnectionDetails ofTheApplication) throws Exception {
			assertKeepsTheLocks(locks, details, redis);
			assertThat(ofTheApplication.getStandalone().getPort()).isEqualTo(redis.getMappedPort(PORT));
		}

	}

	/**
	 * Redis' own kind of container, as a bean.
	 */
	@Nested
	@Testcontainers(disabledWithoutDocker = true)
	@SpringBootTest(classes = Application.class, properties = "dlock.port=1")
	@DirtiesContext // a cached one would look for the stopped container until the JVM
					// ends
	@Import(RedisContainerTests.Containers.class)
	class RedisContainerTests {

		@Test
		void keepsTheLocks(@Autowired LockRegistry locks, @Autowired DlockConnectionDetails details,
				@Autowired RedisContainer redis) throws Exception {
			assertKeepsTheLocks(locks, details, redis);
		}

		@TestConfiguration(proxyBeanMethods = false)
		static class Containers {

			@Bean
			@ServiceConnection
			RedisContainer redis() {
				return new RedisContainer(IMAGE);
			}

		}

	}

	private static void assertKeepsTheLocks(LockRegistry locks, DlockConnectionDetails details,
			GenericContainer<?> redis) throws Exception {
		assertThat(details.getAddress())
			.isEqualTo(new Standalone(new Node(redis.getHost(), redis.getMappedPort(PORT))));
		try (Lease lease = locks.get("adm").acquire()) {
			assertThat(lease.isValid()).isTrue();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
