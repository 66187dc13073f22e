package io.dlock.redis;

import java.time.Duration;

import io.dlock.core.LockStore;
import io.dlock.core.Member;
import io.dlock.core.StoreUnderTest;
import io.dlock.testing.RedisServer;
import io.dlock.testing.TestConnectionFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Stores on a real Redis: one for a class of tests, each of which finds it empty.
 */
final class RedisStoreUnderTest implements StoreUnderTest, BeforeAllCallback, BeforeEachCallback, AfterAllCallback {

	private RedisServer server;

	private LettuceConnectionFactory factory;

	@Override
	public void beforeAll(ExtensionContext context) {
		this.server = RedisServer.start();
		this.factory = TestConnectionFactories.to(this.server);
	}

	@Override
	public void afterAll(ExtensionContext context) {
		this.factory.destroy();
		this.server.close();
	}

	@Override
	public void beforeEach(ExtensionContext context) {
		loseMemory();
	}

	@Override
	public LockStore newStore() {
		return new RedisLockStore(this.factory, new RedisStoreSettings("dlock:", "Redis at " + this.server.address()));
	}

	@Override
	public void passTime(Duration time) {
		this.server.cli("SET", "passing", "time", "PX", Long.toString(time.toMillis()));
		Awaitility.await().pollInterval(Duration.ofMillis(5)).until(() -> this.server.cli("GET", "passing").isEmpty());
	}

	@Override
	public void loseMemory() {
		this.server.cli("FLUSHALL");
	}

	@Override
	public void awaitListening(Member started) {
		OnRedis.awaitListening(this.server, started);
	}

	@Override
	public void awaitGone(Member stopped) {
		Awaitility.await()
			.pollInterval(Duration.ofMillis(5))
			.until(() -> this.server.cli("PUBSUB", "NUMSUB", "dlock:grants:" + stopped.id()).endsWith("\n0"));
	}

}
