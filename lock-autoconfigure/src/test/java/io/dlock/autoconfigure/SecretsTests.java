package io.dlock.autoconfigure;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.dlock.Lease;
import io.dlock.LockRegistry;
import io.dlock.LockUnavailableException;
import io.dlock.core.LockStore;
import io.dlock.redis.RedisStoreSettings;
import io.dlock.testing.RedisServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests that no password comes to light, whatever goes well or wrong: not in the log, be
 * it as talkative as it can, not in an event, an exception or a text.
 */
@ExtendWith(OutputCaptureExtension.class)
class SecretsTests {

	private static final String SECRET = "Xq7s3cr3tZ";

	/** Those of dlock, and those of others through whose hands the passwords go. */
	private static final List<String> LOGGERS = List.of("io.dlock", "io.lettuce", "org.springframework.data");

	private final Applications applications = new Applications();

	private final List<AutoCloseable> servers = new ArrayList<>();

	@BeforeEach
	void logEverything() {
		LoggingSystem logging = LoggingSystem.get(getClass().getClassLoader());
		LOGGERS.forEach(
				(logger) -> logging.setLogLevel(logger, logger.equals("io.dlock") ? LogLevel.TRACE : LogLevel.DEBUG));
	}

	@AfterEach
	void close() throws Exception {
		this.applications.close();
		LoggingSystem logging = LoggingSystem.get(getClass().getClassLoader());
		LOGGERS.forEach((logger) -> logging.setLogLevel(logger, null));
		for (AutoCloseable server : this.servers) {
			server.close();
		}
	}

	@Test
	void notWhenAllGoesWell(CapturedOutput output) throws Exception {
		RedisServer redis = redis();
		redis.cli("ACL", "SETUSER", "locks", "on", ">" + SECRET, "~*", "&*", "+@all");
		String[] settings = { "dlock.port=" + redis.port(), "dlock.username=locks", "dlock.password=" + SECRET };
		ConfigurableApplicationContext one = run(settings);
		ConfigurableApplicationContext two = run(settings);
		Lease lease = Applications.locks(one).get("adm").acquire();
		CompletableFuture<Lease> waiting = Applications.locks(two).get("adm").acquireAsync();
		Applications.awaitEvent(two, "Listening adm");
		lease.close();
		waiting.get(30, TimeUnit.SECONDS).close();
		redis.cli("CLIENT", "KILL", "TYPE", "normal");
		try (Lease again = Applications.locks(one).get("adm").acquire()) {
			assertThat(again.toString()).doesNotContain(SECRET);
		}
		assertThat(one.getBean(EventRecorder.class).events()).isNotEmpty();
		assertSecretKept(output, one);
		assertSecretKept(output, two);
	}

	@Test
	void notWhenItIsWrong(CapturedOutput output) {
		RedisServer redis = redis("--requirepass", "another");
		assertUnavailable(output, "WRONGPASS", "dlock.port=" + redis.port(), "dlock.password=" + SECRET);
	}

	@Test
	void notWhenNobodyAnswers(CapturedOutput output) {
		assertUnavailable(output, "", "dlock.port=1", "dlock.username=locks", "dlock.password=" + SECRET);
	}

	/** Then Redis repeats the arguments of the command, for people. */
	@Test
	void notWhenTheCommandIsNotKnown(CapturedOutput output) {
		RedisServer redis = redis("--rename-command", "AUTH", "", "--rename-command", "HELLO", "");
		assertUnavailable(output, "unknown command", "dlock.port=" + redis.port(), "dlock.password=" + SECRET);
	}

	@Test
	void notThatOfTheSentinels(CapturedOutput output) throws Exception {
		RedisServer redis = redis("--requirepass", SECRET + "1");
		RedisServer sentinel = RedisServer.startSentinel("sentinel monitor mymaster 127.0.0.1 " + redis.port() + " 1",
				"sentinel auth-pass mymaster " + SECRET + "1", "user watcher on >" + SECRET + "2 &* +@all");
		this.servers.add(sentinel);
		Awaitility.await().until(() -> sentinel.cli("INFO", "sentinel").contains("status=ok"));
		for (String name : List.of("dlock.sentinel.master=mymaster", "dlock.instance-id=x")) {
			ConfigurableApplicationContext context = run("dlock.sentinel.nodes=" + sentinel.address(), name,
					"dlock.sentinel.username=watcher", "dlock.sentinel.password=" + SECRET + "2",
					"dlock.password=" + SECRET + "1");
			Applications.locks(context).get("adm").acquire().close();
			assertSecretKept(output, context);
			assertUnavailable(output, "dlock.sentinel.password", "dlock.sentinel.nodes=" + sentinel.address(), name,
					"dlock.sentinel.username=watcher", "dlock.sentinel.password=" + SECRET,
					"dlock.password=" + SECRET + "1");
		}
	}

	@Test
	void notThatOfTheApplicationsOwnRedis(CapturedOutput output) {
		RedisServer redis = redis("--requirepass", "another");
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(DlockAutoConfiguration.class, DataRedisAutoConfiguration.class))
			.withPropertyValues("spring.data.redis.url=redis://:" + SECRET + "@" + redis.address())
			.run((context) -> {
				Throwable failure = catchThrowable(() -> context.getBean(LockRegistry.class).get("adm").tryAcquire());
				assertThat(failure).isInstanceOf(LockUnavailableException.class).hasMessageContaining("WRONGPASS");
				assertThat(trace(failure)).doesNotContain(SECRET);
				assertSecretKept(output, context);
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "dlock.host=redis://:" + SECRET + "@a:6379", "dlock.host=locks:" + SECRET + "@a",
			"dlock.sentinel.host=redis://locks:" + SECRET + "@a",
			"dlock.sentinel.nodes=redis-sentinel://" + SECRET + "@a:26379,b:26379" })
	void notWhenItStandsWhereItDoesNotBelong(String setting) {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(DlockAutoConfiguration.class))
			.withPropertyValues(setting)
			.run((context) -> {
				assertThat(context).hasFailed();
				FailureAnalysis analysis = DlockPropertiesTests.analyze(context.getStartupFailure());
				assertThat(analysis.getDescription()).contains(setting.substring(0, setting.indexOf('=')), "@a")
					.doesNotContain(SECRET);
				assertThat(analysis.getAction()).doesNotContain(SECRET);
				assertThat(causes(context.getStartupFailure()).filter(InvalidSettingException.class::isInstance))
					.allSatisfy((ex) -> assertThat(ex.toString()).doesNotContain(SECRET));
			});
	}

	private RedisServer redis(String... arguments) {
		RedisServer redis = RedisServer.start(arguments);
		this.servers.add(redis);
		return redis;
	}

	private ConfigurableApplicationContext run(String... settings) {
		return this.applications.run(settings);
	}

	private void assertUnavailable(CapturedOutput output, String why, String... settings) {
		ConfigurableApplicationContext context = run(
				Stream.concat(Stream.of(settings), Stream.of("dlock.command-timeout=2s", "dlock.connect-timeout=1s"))
					.toArray(String[]::new));
		Throwable failure = catchThrowable(() -> Applications.locks(context).get("adm").tryLock(4, TimeUnit.SECONDS));
		assertThat(failure).isInstanceOf(LockUnavailableException.class).hasMessageContaining(why);
		assertThat(trace(failure)).doesNotContain(SECRET);
		Awaitility.await().until(() -> output.getAll().contains("does not answer, or refuses to"));
		assertSecretKept(output, context);
	}

	private static void assertSecretKept(CapturedOutput output, ApplicationContext context) {
		DlockConnectionDetails details = context.getBean(DlockConnectionDetails.class);
		LettuceConnectionFactory factory = context.getBean("dlockRedisConnectionFactory",
				LettuceConnectionFactory.class);
		LockStore store = context.getBean(LockStore.class);
		assertThat(Stream.of(details, details.getAddress(), context.getBean(DlockProperties.class), factory, store,
				store.description(), new RedisStoreSettings("dlock:", store.description()),
				factory.getStandaloneConfiguration(), String.valueOf(factory.getSentinelConfiguration()),
				context.getBean(LockRegistry.class), factory.getRequiredNativeClient()))
			.allSatisfy((each) -> assertThat(each.toString()).doesNotContain(SECRET));
		assertThat(
				context.getBeanProvider(EventRecorder.class).stream().flatMap((recorder) -> recorder.events().stream()))
			.allSatisfy((event) -> assertThat(event.toString()).doesNotContain(SECRET));
		assertThat(output.getAll().lines().filter((line) -> line.contains(SECRET))).isEmpty();
	}

	/** All that an exception can say: its causes, and what was suppressed. */
	private static String trace(Throwable failure) {
		StringWriter trace = new StringWriter();
		failure.printStackTrace(new PrintWriter(trace));
		return trace.toString();
	}

	private static Stream<Throwable> causes(Throwable failure) {
		return Stream.iterate(failure, (each) -> each != null, Throwable::getCause);
	}

}
