package io.dlock.autoconfigure;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import io.dlock.Lease;
import io.dlock.LockUnavailableException;
import io.dlock.testing.RedisPage;
import io.dlock.testing.RedisServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests that the rights which {@code docs/redis.md} asks for at the sentinels are enough,
 * for an application that has no more than the other ones at the server.
 */
class SentinelRightsTests {

	private final Applications applications = new Applications();

	private RedisServer redis;

	private RedisServer sentinel;

	@BeforeEach
	void start() throws IOException {
		this.redis = RedisServer.start();
		setUser(this.redis, RedisPage.user("<!-- conf: rights -->"));
		this.sentinel = RedisServer.startSentinel("sentinel monitor mymaster 127.0.0.1 " + this.redis.port() + " 1");
		Awaitility.await().until(() -> this.sentinel.cli("INFO", "sentinel").contains("status=ok"));
	}

	@AfterEach
	void close() {
		this.applications.close();
		this.sentinel.close();
		this.redis.close();
	}

	@Test
	void theRightsAreEnough() throws Exception {
		setUser(this.sentinel, sentinelUser());
		assertLocks("dlock.sentinel.master=mymaster");
		assertLocks();
	}

	@Test
	void theAddressOfTheMasterIsNeeded() throws Exception {
		setUser(this.sentinel, without("+sentinel|get-master-addr-by-name"));
		assertThatExceptionOfType(LockUnavailableException.class)
			.isThrownBy(() -> assertLocks("dlock.sentinel.master=mymaster"));
	}

	@Test
	void theNamesOfTheMastersAreNeededWhereNoneIsConfigured() throws Exception {
		setUser(this.sentinel, without("+sentinel|masters"));
		assertLocks("dlock.sentinel.master=mymaster");
		assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(() -> assertLocks());
	}

	@Test
	void withoutTheNewsItIsOnlySlower() throws Exception {
		setUser(this.sentinel, without("+subscribe", "&+switch-master", "&+promoted-slave", "+sentinel|master"));
		assertLocks("dlock.sentinel.master=mymaster");
	}

	private static List<String> sentinelUser() throws IOException {
		return RedisPage.user("<!-- conf: sentinel rights -->");
	}

	private static List<String> without(String... rights) throws IOException {
		assertThat(sentinelUser()).contains(rights);
		return sentinelUser().stream().filter((word) -> !List.of(rights).contains(word)).toList();
	}

	private static void setUser(RedisServer server, List<String> user) {
		server.cli(Stream.concat(Stream.of("ACL", "SETUSER"), user.stream()).toArray(String[]::new));
	}

	private void assertLocks(String... settings) throws Exception {
		Stream<String> address = Stream.of("dlock.sentinel.nodes=" + this.sentinel.address(),
				"dlock.sentinel.username=dlock", "dlock.sentinel.password=secret", "dlock.username=dlock",
				"dlock.password=secret", "dlock.command-timeout=1s");
		try (Lease lease = Applications
			.locks(this.applications.run(Stream.concat(address, Stream.of(settings)).toArray(String[]::new)))
			.get("adm")
			.tryAcquire(Duration.ofSeconds(3))
			.orElseThrow()) {
			assertThat(lease.isValid()).isTrue();
			assertThat(this.redis.cli("EXISTS", "dlock:{adm}")).isEqualTo("1");
		}
	}

}
