package io.dlock.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.dlock.core.LockStore;
import io.dlock.core.Member;
import io.dlock.testing.RedisServer;
import io.dlock.testing.TestConnectionFactories;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * A test on a Redis of its own, with as many instances as it wants.
 */
abstract class OnRedis {

	static final Duration SHORT = Duration.ofMillis(500);

	static final Duration TEN_SECONDS = Duration.ofSeconds(10);

	static final Duration LONG = Duration.ofMinutes(1);

	static final String KEY = "orders:42";

	static final String LOCK = "dlock:{orders:42}";

	static final String QUEUE = LOCK + ":queue";

	static final String WAITING = LOCK + ":waiting";

	static final String FENCE = LOCK + ":fence";

	private final List<Runnable> closers = new ArrayList<>();

	RedisServer server;

	LettuceConnectionFactory factory;

	@BeforeEach
	void startServer() {
		this.server = RedisServer.start();
		this.factory = closing(TestConnectionFactories.to(this.server));
	}

	@AfterEach
	void closeAll() {
		for (int i = this.closers.size() - 1; i >= 0; i--) {
			this.closers.get(i).run();
		}
		this.server.close();
	}

	final LettuceConnectionFactory closing(LettuceConnectionFactory factory) {
		this.closers.add(factory::destroy);
		return factory;
	}

	final LockStore store() {
		return store(this.factory);
	}

	final LockStore store(LettuceConnectionFactory factory) {
		LockStore store = new RedisLockStore(factory, new RedisStoreSettings("dlock:", "Redis, the tested one"));
		this.closers.add(store::stop);
		return store;
	}

	/**
	 * An instance that listens on its channel.
	 */
	final Member start(String id) {
		Member member = Member.start(id, store());
		awaitListening(this.server, member);
		return member;
	}

	/**
	 * An instance whose Redis user may do anything but what the rules forbid.
	 */
	final Member startAs(String id, String... rules) {
		List<String> command = new ArrayList<>(List.of("ACL", "SETUSER", "limited", "on", ">secret", "~*", "+@all"));
		command.addAll(List.of(rules));
		this.server.cli(command.toArray(String[]::new));
		return Member.start(id, store(closing(TestConnectionFactories.to(this.server, "limited", "secret"))));
	}

	/**
	 * Returns when a message has come through: then the member knows that it listens.
	 */
	static void awaitListening(RedisServer server, Member member) {
		promptly()
			.until(() -> server.cli("PUBLISH", "dlock:grants:" + member.id(), "0 1 1 1 dlock:{hello}").equals("1"));
		promptly().until(() -> !member.listener().grants().isEmpty());
		member.listener().grants().clear();
	}

	final int subscribers(String id) {
		String answer = this.server.cli("PUBSUB", "NUMSUB", "dlock:grants:" + id);
		return Integer.parseInt(answer.substring(answer.lastIndexOf('\n') + 1));
	}

	final void passTime(Duration time) {
		this.server.cli("SET", "passing", "time", "PX", Long.toString(time.toMillis()));
		promptly().until(() -> this.server.cli("GET", "passing").isEmpty());
	}

	final long number(String... command) {
		return Long.parseLong(this.server.cli(command));
	}

	static ConditionFactory promptly() {
		return Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5));
	}

}
