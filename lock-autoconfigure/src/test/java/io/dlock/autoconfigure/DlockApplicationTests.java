package io.dlock.autoconfigure;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.dlock.Holder;
import io.dlock.Lease;
import io.dlock.LockRegistry;
import io.dlock.LockUnavailableException;
import io.dlock.testing.RedisServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of whole applications that keep their locks in a real Redis.
 */
@ExtendWith(OutputCaptureExtension.class)
class DlockApplicationTests {

	@Test
	void twoApplicationsContendAndTheSecondLeadsWhenTheFirstStops() {
		try (RedisServer redis = RedisServer.start(); Applications applications = new Applications()) {
			ConfigurableApplicationContext first = applications.run(at(redis), "dlock.contend-for=adm");
			Applications.awaitEvent(first, "Acquired adm");
			ConfigurableApplicationContext second = applications.run(at(redis), "dlock.contend-for=adm");
			Applications.awaitEvent(second, "Listening adm");
			assertThat(redis.cli("GET", "dlock:{adm}")).startsWith(Applications.locks(first).instanceId());
			assertThat(Applications.locks(second).holder("adm")).get()
				.extracting(Holder::instanceId)
				.isEqualTo(Applications.locks(first).instanceId());
			EventRecorder ofTheFirst = first.getBean(EventRecorder.class);
			first.close();
			assertThat(ofTheFirst.story()).containsExactly("Acquired adm", "Released adm");
			Applications.awaitEvent(second, "Acquired adm");
			second.close();
			assertThat(redis.cli("KEYS", "*")).isEqualTo("dlock:{adm}:fence");
		}
	}

	@Test
	void anApplicationStartsWithoutRedisAndWorksWhenItComes(CapturedOutput output) throws Exception {
		try (RedisServer redis = RedisServer.start(); Applications applications = new Applications()) {
			redis.kill();
			ConfigurableApplicationContext context = applications.run(at(redis), "dlock.contend-for=adm",
					"dlock.command-timeout=500ms", "dlock.ttl=2s");
			LockRegistry locks = Applications.locks(context);
			assertThatExceptionOfType(LockUnavailableException.class)
				.isThrownBy(() -> locks.get("other").tryLock(1, TimeUnit.SECONDS))
				.withMessageContaining("Redis at localhost:" + redis.port());
			assertThat(output.getAll().lines().filter((line) -> line.contains("WARN") && line.contains("io.dlock")))
				.hasSize(1);
			redis.restart();
			Applications.awaitEvent(context, "Acquired adm");
			try (Lease lease = locks.get("other").acquire()) {
				assertThat(lease.isValid()).isTrue();
			}
		}
	}

	@Test
	void anApplicationIsRestartedWithItsConnections() throws Exception {
		try (RedisServer redis = RedisServer.start(); Applications applications = new Applications()) {
			ConfigurableApplicationContext context = applications.run(at(redis), "dlock.contend-for=adm");
			for (int i = 0; i < 3; i++) {
				Applications.awaitEvent(context, "Acquired adm");
				context.stop();
				assertThat(redis.cli("EXISTS", "dlock:{adm}")).isEqualTo("0");
				Awaitility.await()
					.until(() -> redis.cli("CLIENT", "LIST").lines().filter((line) -> !line.isBlank()).count() == 1);
				context.getBean(EventRecorder.class).events().clear();
				context.start();
			}
			try (Lease lease = Applications.locks(context).get("other").acquire()) {
				assertThat(lease.isValid()).isTrue();
			}
		}
	}

	@Test
	void anApplicationStopsInTimeWhileRedisStandsStill() throws Exception {
		try (RedisServer redis = RedisServer.start(); Applications applications = new Applications()) {
			ConfigurableApplicationContext context = applications.run(at(redis), "dlock.command-timeout=500ms");
			Lease lease = Applications.locks(context).get("adm").acquire();
			redis.pause();
			long begin = System.nanoTime();
			context.close();
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(4));
			assertThat(lease.isValid()).isFalse();
			redis.resume();
		}
	}

	@Test
	void aConnectionOnWhichNothingComesBackIsReplaced() throws Exception {
		try (RedisServer redis = RedisServer.start(); Applications applications = new Applications()) {
			ConfigurableApplicationContext context = applications.run(at(redis), "dlock.command-timeout=300ms",
					"dlock.ttl=30s", "dlock.renew-interval=200ms");
			try (Lease lease = Applications.locks(context).get("adm").acquire()) {
				String before = scriptConnections(redis);
				redis.pause();
				for (int i = 0; i < 3; i++) {
					assertThatExceptionOfType(LockUnavailableException.class)
						.isThrownBy(() -> Applications.locks(context).get("other").tryAcquire());
				}
				redis.resume();
				Awaitility.await().until(() -> {
					String now = scriptConnections(redis);
					return !now.isEmpty() && !now.equals(before);
				});
				assertThat(before).isNotEmpty();
				assertThat(lease.isValid()).isTrue();
			}
		}
	}

	private static String scriptConnections(RedisServer redis) {
		return redis.cli("CLIENT", "LIST", "TYPE", "normal")
			.lines()
			.filter((line) -> line.contains(" cmd=eval"))
			.map((line) -> line.substring(0, line.indexOf(' ')))
			.collect(Collectors.joining(","));
	}

	@Test
	void theApplicationsOwnRedisKeepsTheLocksBesideItsData() {
		try (RedisServer redis = RedisServer.start("--requirepass", "secret")) {
			new ApplicationContextRunner()
				.withConfiguration(
						AutoConfigurations.of(DlockAutoConfiguration.class, DataRedisAutoConfiguration.class))
				.withPropertyValues("spring.data.redis.url=redis://:secret@" + redis.address())
				.run((context) -> {
					context.getBean(StringRedisTemplate.class).opsForValue().set("data", "mine");
					try (Lease lease = context.getBean(LockRegistry.class).get("adm").acquire()) {
						assertThat(lease.isValid()).isTrue();
						assertThat(redis.cli("EXISTS", "dlock:{adm}", "data")).isEqualTo("2");
					}
				});
		}
	}

	@Test
	void theConnectionIsMadeAsConfigured() throws Exception {
		try (RedisServer redis = RedisServer.start(); Applications applications = new Applications()) {
			redis.cli("ACL", "SETUSER", "locks", "on", ">secret", "~mine:*", "&mine:*", "+@all");
			ConfigurableApplicationContext context = applications.run(at(redis), "dlock.username=locks",
					"dlock.password=secret", "dlock.database=3", "dlock.key-prefix=mine:");
			try (Lease lease = Applications.locks(context).get("adm").acquire()) {
				assertThat(lease.isValid()).isTrue();
				assertThat(redis.cli("INFO", "keyspace")).contains("db3:").doesNotContain("db0:");
			}
		}
	}

	private static String at(RedisServer redis) {
		return "dlock.port=" + redis.port();
	}

}
