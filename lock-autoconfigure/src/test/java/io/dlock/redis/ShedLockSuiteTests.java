package io.dlock.redis;

import java.time.Duration;
import java.util.Optional;

import io.dlock.Lease;
import io.dlock.LockOptions;
import io.dlock.core.JobTerms;
import io.dlock.core.LeaseSettings;
import io.dlock.core.LeasingLockRegistry;
import io.dlock.core.LockObserver;
import io.dlock.testing.RedisServer;
import io.dlock.testing.TestConnectionFactories;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.SimpleLock;
import net.javacrumbs.shedlock.test.support.AbstractLockProviderIntegrationTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The tests that ShedLock has for whatever keeps its locks, on the locks of jobs: its
 * {@code lockAtMostFor} is what {@code atMost} is to a job, {@code lockAtLeastFor} what
 * {@code atLeast} is.
 */
class ShedLockSuiteTests extends AbstractLockProviderIntegrationTest {

	private static RedisServer server;

	private static LettuceConnectionFactory factory;

	private final LeasingLockRegistry locks = new LeasingLockRegistry(
			new RedisLockStore(factory, new RedisStoreSettings("dlock:", "Redis at " + server.address())),
			new LeaseSettings("shedlock", Duration.ofSeconds(10), Duration.ofSeconds(3), Duration.ofMillis(100),
					Duration.ofSeconds(30)),
			new LockObserver() {
			});

	@BeforeAll
	static void startServer() {
		server = RedisServer.start();
		factory = TestConnectionFactories.to(server);
	}

	@AfterAll
	static void stopServer() {
		factory.destroy();
		server.close();
	}

	@BeforeEach
	void start() {
		server.cli("FLUSHALL");
		this.locks.start();
	}

	@AfterEach
	void stop() {
		this.locks.stop(Duration.ofSeconds(5));
	}

	@Override
	protected LockProvider getLockProvider() {
		return (configuration) -> lock(configuration).map(Held::new);
	}

	private Optional<Lease> lock(LockConfiguration configuration) {
		LockOptions options = LockOptions.defaults().withMaxHold(configuration.getLockAtMostFor());
		return this.locks.get(configuration.getName(), options, new JobTerms(configuration.getLockAtLeastFor(), null))
			.tryAcquire();
	}

	@Override
	protected void assertUnlocked(String name) {
		assertThat(this.locks.holder(name)).isEmpty();
	}

	@Override
	protected void assertLocked(String name) {
		assertThat(this.locks.holder(name)).isPresent();
	}

	private record Held(Lease lease) implements SimpleLock {

		@Override
		public void unlock() {
			this.lease.close();
		}

	}

}
