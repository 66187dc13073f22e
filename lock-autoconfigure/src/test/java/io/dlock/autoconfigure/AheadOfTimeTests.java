package io.dlock.autoconfigure;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import io.dlock.event.LockEvent;
import io.dlock.testing.RedisServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.aop.SpringProxy;
import org.springframework.aop.framework.Advised;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.ReflectionHintsPredicates;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.core.DecoratingProxy;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for an application with dlock that is processed ahead of time. It runs on the
 * JVM; of a native image there is only what it would be told.
 */
class AheadOfTimeTests {

	private static final ReflectionHintsPredicates REFLECTION = RuntimeHintsPredicates.reflection();

	private static final List<String> OUTPUT = List.of("leads adm", "by its schedule: hourly",
			"by its class: Optional[orders:EU:42]", "by its class, held elsewhere: Optional.empty",
			"by its interface: Optional[nightly]", "by its interface, held elsewhere: Optional.empty");

	private static ProcessedApplication application;

	@BeforeAll
	static void process(@TempDir Path folder) throws IOException {
		application = ProcessedApplication.of(AheadOfTimeApplication.class, folder);
	}

	@Test
	void keepsItsLocksInTheRedisThatItIsStartedWith() throws Exception {
		try (RedisServer redis = RedisServer.start()) {
			assertThat(application.run("--dlock.host=" + redis.host(), "--dlock.port=" + redis.port()))
				.containsAll(OUTPUT)
				.anyMatch((line) -> line.contains("Locks are kept in Redis at " + redis.address() + ","));
		}
	}

	@Test
	void keepsItsLocksInItsOwnRedis() throws Exception {
		try (RedisServer redis = RedisServer.start()) {
			assertThat(application.run("--spring.data.redis.host=" + redis.host(),
					"--spring.data.redis.port=" + redis.port()))
				.containsAll(OUTPUT)
				.anyMatch((line) -> line.contains("Locks are kept in Redis at " + redis.address() + ","));
		}
	}

	@Test
	void keepsItsLocksInMemoryIfItIsBuiltSo(@TempDir Path folder) throws Exception {
		assertThat(ProcessedApplication.of(AheadOfTimeApplication.class, folder, "--dlock.mode=local")
			.run("--dlock.mode=local")).containsAll(OUTPUT)
			.anyMatch((line) -> line.endsWith("locks hold in this process only"));
	}

	@Test
	void isNotStartedInAnotherModeThanItIsBuiltFor(@TempDir Path folder) throws Exception {
		assertThat(application.run("--dlock.mode=local"))
			.contains("dlock.mode is local, but the application was processed ahead of time with redis.")
			.doesNotContainAnyElementsOf(OUTPUT);
		assertThat(ProcessedApplication.of(AheadOfTimeApplication.class, folder, "--dlock.mode=local").run())
			.contains("dlock.mode is redis, but the application was processed ahead of time with local.")
			.doesNotContainAnyElementsOf(OUTPUT);
	}

	@Test
	void aNativeImageHasEveryScript() throws IOException {
		Resource[] scripts = new PathMatchingResourcePatternResolver().getResources("classpath*:io/dlock/redis/*.lua");
		assertThat(scripts).hasSizeGreaterThan(10)
			.extracting((script) -> "io/dlock/redis/" + script.getFilename())
			.allSatisfy((file) -> assertThat(RuntimeHintsPredicates.resource().forResource(file)).accepts(hints()));
	}

	@Test
	void aConditionCanReadEveryEvent() {
		Stream<Method> properties = Arrays.stream(LockEvent.class.getPermittedSubclasses())
			.flatMap((event) -> Arrays.stream(event.getMethods()))
			.filter((method) -> LockEvent.class.isAssignableFrom(method.getDeclaringClass())
					&& method.getName().startsWith("get"));
		assertThat(properties).hasSizeGreaterThan(10)
			.allSatisfy((property) -> assertThat(REFLECTION.onMethodInvocation(property)).accepts(hints()));
	}

	@Test
	void aJobCanBeCalledThroughItsClassAndThroughItsInterface() {
		assertThat(REFLECTION.onMethodInvocation(AheadOfTimeApplication.OrderJob.class, "run")).accepts(hints());
		assertThat(REFLECTION.onMethodInvocation(AheadOfTimeApplication.ReportJob.class, "run")).accepts(hints());
		assertThat(RuntimeHintsPredicates.proxies()
			.forInterfaces(AheadOfTimeApplication.ReportJob.class, SpringProxy.class, Advised.class,
					DecoratingProxy.class))
			.accepts(hints());
	}

	@Test
	void aKeyCanReadTheArgumentsOfItsJob() {
		assertThat(REFLECTION.onMethodInvocation(String.class, "strip")).accepts(hints());
		assertThat(REFLECTION.onMethodInvocation(AheadOfTimeApplication.Order.class, "customer")).accepts(hints());
		assertThat(REFLECTION.onMethodInvocation(AheadOfTimeApplication.Customer.class, "id")).accepts(hints());
	}

	@Test
	void theSettingsCanBeBound() {
		assertThat(Stream.of(DlockProperties.class, DlockProperties.Sentinel.class, DlockProperties.Ssl.class,
				DlockProperties.Replicas.class))
			.flatMap((settings) -> Arrays.asList(settings.getDeclaredConstructors()))
			.allSatisfy((constructor) -> assertThat(REFLECTION.onConstructorInvocation(constructor)).accepts(hints()));
	}

	@Test
	void nettyCanLookAtItsHandler() {
		assertThat(REFLECTION.onType(SilenceWatch.class)).accepts(hints());
	}

	private static RuntimeHints hints() {
		return application.hints();
	}

}
