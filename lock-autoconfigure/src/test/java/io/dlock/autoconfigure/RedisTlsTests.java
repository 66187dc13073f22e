package io.dlock.autoconfigure;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.dlock.Lease;
import io.dlock.LockRegistry;
import io.dlock.testing.RedisServer;
import io.dlock.testing.TestCertificate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of applications on a Redis, and sentinels, that speak TLS themselves and want to
 * see a certificate: skipped when the redis-server at hand is built without TLS.
 */
class RedisTlsTests {

	private static final int TLS_PORT = RedisServer.freePort();

	private static TestCertificate certificate;

	private static RedisServer redis;

	private final Applications applications = new Applications();

	@BeforeAll
	static void start() throws Exception {
		certificate = TestCertificate.of("ip:127.0.0.1");
		try {
			redis = RedisServer
				.start(tls(TLS_PORT).flatMap((line) -> Stream.of(("--" + line).split(" "))).toArray(String[]::new));
		}
		catch (IllegalStateException ex) {
			Assumptions.assumeFalse(ex.getMessage().contains("tls-port"),
					"The redis-server is built without TLS: " + ex.getMessage());
			throw ex;
		}
	}

	@AfterAll
	static void stop() throws Exception {
		if (redis != null) {
			redis.close();
		}
		certificate.close();
	}

	@AfterEach
	void close() {
		this.applications.close();
	}

	private static Stream<String> tls(int port) {
		return Stream.of("tls-port " + port, "tls-cert-file " + certificate.certificateFile(),
				"tls-key-file " + certificate.keyFile(), "tls-ca-cert-file " + certificate.certificateFile(),
				"tls-auth-clients yes", "tls-replication yes");
	}

	@Test
	void locksAreTakenAndPushed() throws Exception {
		assertLocksAreTakenAndPushed("dlock.host=127.0.0.1", "dlock.port=" + TLS_PORT);
	}

	@Test
	void sentinelsAreAskedByTlsToo() throws Exception {
		int port = RedisServer.freePort();
		try (RedisServer sentinel = RedisServer
			.startSentinel(Stream.concat(tls(port), Stream.of("sentinel monitor mymaster 127.0.0.1 " + TLS_PORT + " 1"))
				.toArray(String[]::new))) {
			Awaitility.await().until(() -> sentinel.cli("INFO", "sentinel").contains("status=ok"));
			assertLocksAreTakenAndPushed("dlock.sentinel.master=mymaster", "dlock.sentinel.nodes=127.0.0.1:" + port);
			assertLocksAreTakenAndPushed("dlock.sentinel.nodes=127.0.0.1:" + port);
		}
	}

	private void assertLocksAreTakenAndPushed(String... address) throws Exception {
		LockRegistry here = Applications.locks(run(address));
		ConfigurableApplicationContext elsewhere = run(address);
		Lease lease = here.get("adm").acquire();
		assertThat(redis.cli("GET", "dlock:{adm}")).startsWith(here.instanceId());
		CompletableFuture<Lease> waiting = Applications.locks(elsewhere).get("adm").acquireAsync();
		Applications.awaitEvent(elsewhere, "Listening adm");
		lease.close();
		// Long before it would ask again.
		waiting.get(30, TimeUnit.SECONDS).close();
	}

	private ConfigurableApplicationContext run(String... address) {
		List<String> settings = Stream
			.of(Stream.of(address), Stream.of("dlock.ttl=5m"), TlsTests.trusting(certificate),
					TlsTests.showing(certificate))
			.flatMap((some) -> some)
			.toList();
		return this.applications.run(settings.toArray(String[]::new));
	}

}
