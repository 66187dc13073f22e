package io.dlock.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.dlock.Lease;
import io.dlock.LockRegistry;
import io.dlock.LockUnavailableException;
import io.dlock.testing.RedisServer;
import io.dlock.testing.TestCertificate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of applications that reach Redis by TLS: whom they trust, and what they say when
 * it does not come about.
 */
@ExtendWith(OutputCaptureExtension.class)
class TlsTests {

	private static RedisServer redis;

	private static TestCertificate server;

	private static TestCertificate client;

	private final Applications applications = new Applications();

	@BeforeAll
	static void start() throws Exception {
		redis = RedisServer.start();
		server = TestCertificate.of("dns:localhost");
		client = TestCertificate.of("dns:client");
	}

	@AfterAll
	static void stop() throws Exception {
		client.close();
		server.close();
		redis.close();
	}

	@AfterEach
	void close() {
		this.applications.close();
	}

	@Test
	void theCertificatesOfTheBundleAreTrusted() throws Exception {
		try (TlsFront front = TlsFront.of(redis, server)) {
			assertLocks(run(front, trusting(server)));
		}
	}

	@Test
	void aCertificateThatTheBundleDoesNotTrustIsRefused(CapturedOutput output) throws Exception {
		try (TlsFront front = TlsFront.of(redis, server)) {
			assertRefused(output, run(front, trusting(client)), "not trusted", "dlock.ssl.bundle");
		}
	}

	@Test
	void aCertificateForAnotherHostIsRefused(CapturedOutput output) throws Exception {
		try (TlsFront front = TlsFront.of(redis, server)) {
			assertRefused(output, run(front, trusting(server), "dlock.host=127.0.0.1"), "another host", "127.0.0.1");
		}
	}

	@Test
	void withoutABundleTheTrustOfTheMachineDecides(CapturedOutput output) throws Exception {
		try (TlsFront front = TlsFront.of(redis, server)) {
			assertRefused(output, run(front, Stream.empty(), "dlock.ssl.enabled=true"), "not trusted",
					"dlock.ssl.bundle");
			System.setProperty("javax.net.ssl.trustStore", server.store().toString());
			System.setProperty("javax.net.ssl.trustStorePassword", TestCertificate.PASSWORD);
			try {
				assertLocks(run(front, Stream.empty(), "dlock.ssl.enabled=true"));
			}
			finally {
				System.clearProperty("javax.net.ssl.trustStore");
				System.clearProperty("javax.net.ssl.trustStorePassword");
			}
		}
	}

	@Test
	void theCertificateOfTheBundleIsShown(CapturedOutput output) throws Exception {
		try (TlsFront front = TlsFront.of(redis, server, client)) {
			assertLocks(run(front, Stream.concat(trusting(server), showing(client))));
			assertRefused(output, run(front, trusting(server)), "dlock.ssl.bundle", "the key and the certificate");
		}
	}

	@Test
	void aServerWithoutTlsIsRefused(CapturedOutput output) {
		assertRefused(output, run(redis.port(), trusting(server)), "does not speak TLS", "dlock.ssl.enabled");
	}

	static Stream<String> trusting(TestCertificate certificate) {
		String bundle = "spring.ssl.bundle.jks.locks.truststore.";
		return Stream.of("dlock.ssl.bundle=locks", bundle + "location=" + certificate.store().toUri(),
				bundle + "password=" + TestCertificate.PASSWORD);
	}

	static Stream<String> showing(TestCertificate certificate) {
		String bundle = "spring.ssl.bundle.jks.locks.keystore.";
		return Stream.of(bundle + "location=" + certificate.store().toUri(),
				bundle + "password=" + TestCertificate.PASSWORD);
	}

	private LockRegistry run(TlsFront front, Stream<String> bundle, String... properties) {
		return run(front.port(), bundle, properties);
	}

	private LockRegistry run(int port, Stream<String> bundle, String... properties) {
		List<String> settings = Stream
			.of(Stream.of("dlock.port=" + port, "dlock.command-timeout=5s"), bundle, Stream.of(properties))
			.flatMap((some) -> some)
			.toList();
		return Applications.locks(this.applications.run(settings.toArray(String[]::new)));
	}

	private static void assertLocks(LockRegistry locks) throws Exception {
		try (Lease lease = locks.get("adm").tryAcquire(Duration.ofSeconds(20)).orElseThrow()) {
			assertThat(lease.isValid()).isTrue();
			assertThat(redis.cli("GET", "dlock:{adm}")).startsWith(locks.instanceId());
		}
	}

	private static void assertRefused(CapturedOutput output, LockRegistry locks, String... words) {
		assertThatExceptionOfType(LockUnavailableException.class)
			.isThrownBy(() -> locks.get("adm").tryLock(6, TimeUnit.SECONDS))
			.satisfies((ex) -> assertThat(ex.getMessage()).contains(words));
		assertThat(output.getAll().lines()).as("the log names cause and remedy")
			.anySatisfy((line) -> assertThat(line).contains("WARN").contains(words));
	}

}
