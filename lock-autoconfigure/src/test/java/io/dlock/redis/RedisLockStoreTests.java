package io.dlock.redis;

import java.time.Duration;

import io.dlock.core.LockStore;
import io.dlock.core.LockStoreContract;
import io.dlock.core.Member;
import io.dlock.testing.RedisServer;
import io.dlock.testing.TestConnectionFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Tests that {@link RedisLockStore} does what every store does, on a real Redis.
 */
class RedisLockStoreTests extends LockStoreContract {

	private static RedisServer server;

	private static LettuceConnectionFactory factory;

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
	void forgetOtherTests() {
		server.cli("FLUSHALL");
	}

	@Override
	protected LockStore newStore() {
		return new RedisLockStore(factory, new RedisStoreSettings("dlock:", "Redis at " + server.address()));
	}

	@Override
	protected void passTime(Duration time) {
		server.cli("SET", "passing", "time", "PX", Long.toString(time.toMillis()));
		Awaitility.await().pollInterval(Duration.ofMillis(5)).until(() -> server.cli("GET", "passing").isEmpty());
	}

	@Override
	protected void loseMemory() {
		server.cli("FLUSHALL");
	}

	@Override
	protected void awaitListening(Member started) {
		OnRedis.awaitListening(server, started);
	}

	@Override
	protected void awaitGone(Member stopped) {
		Awaitility.await()
			.pollInterval(Duration.ofMillis(5))
			.until(() -> server.cli("PUBSUB", "NUMSUB", "dlock:grants:" + stopped.id()).endsWith("\n0"));
	}

}
