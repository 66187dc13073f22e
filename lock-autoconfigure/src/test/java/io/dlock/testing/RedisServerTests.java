package io.dlock.testing;

import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for {@link RedisServer}, {@link SentinelSet} and {@link CommandRecorder}.
 */
class RedisServerTests {

	@Test
	void answersUntilClosed() {
		RedisServer server = RedisServer.start();
		try (server) {
			server.cli("SET", "name", "a value\nin two lines");
			assertThat(server.cli("GET", "name")).isEqualTo("a value\nin two lines");
			assertThat(server.cli("GET", "nothing")).isEmpty();
			assertThatIllegalStateException().isThrownBy(() -> server.cli("LPUSH", "name", "x"))
				.withMessageStartingWith("WRONGTYPE");
		}
		assertThat(server.isAlive()).isFalse();
		assertThatThrownBy(() -> server.cli("PING")).hasRootCauseInstanceOf(java.net.ConnectException.class);
	}

	@Test
	void asksForThePasswordItWasStartedWith() {
		try (RedisServer server = RedisServer.start("--requirepass", "secret")) {
			assertThat(server.cli("PING")).isEqualTo("PONG");
		}
	}

	@Test
	void saysWhyItDidNotStart() {
		assertThatIllegalStateException().isThrownBy(() -> RedisServer.start("--no-such-setting", "1"))
			.withMessageContaining("no-such-setting");
	}

	@Test
	void isEmptyAfterARestartOnTheSamePort() {
		try (RedisServer server = RedisServer.start()) {
			server.cli("SET", "a", "1");
			server.kill();
			assertThat(server.isAlive()).isFalse();
			server.restart();
			assertThat(server.cli("GET", "a")).isEmpty();
		}
	}

	@Test
	void answersAgainWhenResumed() {
		try (RedisServer server = RedisServer.start()) {
			server.pause();
			assertThat(server.isAlive()).isTrue();
			server.resume();
			assertThat(server.cli("PING")).isEqualTo("PONG");
		}
	}

	@Test
	void recordsWhatClientsAskFor() {
		try (RedisServer server = RedisServer.start(); CommandRecorder recorder = server.record()) {
			server.cli("EVAL", "return redis.call('INCR', KEYS[1])", "1", "counted");
			assertThat(recorder.commands(server)).singleElement().asString().contains("\"EVAL\"", "\"counted\"");
		}
	}

	@Test
	void sentinelsReplaceAKilledMaster() {
		try (SentinelSet set = SentinelSet.start(2)) {
			assertThat(set.nodes()).hasSize(3);
			assertThat(set.replicas()).hasSize(2);
			set.currentMaster().cli("SET", "a", "1");
			assertThat(set.currentMaster().cli("WAIT", "2", "5000")).isEqualTo("2");
			RedisServer killed = set.killMaster();
			Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> set.currentMaster() != killed);
			assertThat(set.currentMaster().cli("GET", "a")).isEqualTo("1");
		}
	}

}
