package io.dlock.job;

import java.io.IOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.dlock.DistributedLock;
import io.dlock.LockUnavailableException;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.aop.framework.ProxyFactoryBean;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link SingletonJob}: what a call does, and how its lock is called.
 */
@ExtendWith(OutputCaptureExtension.class)
class SingletonJobTests {

	private final JobLocks locks = new JobLocks();

	private final GenericApplicationContext context = new AnnotationConfigApplicationContext();

	@AfterEach
	void close() {
		this.context.close();
	}

	@Test
	void aJobRunsUnderItsLock() {
		Jobs jobs = bean(Jobs.class);
		jobs.doing(() -> assertThat(this.locks.isHeld("work")).isTrue());
		assertThat(jobs.work()).isEqualTo("done");
		assertThat(this.locks.story()).containsExactly("acquired work", "released work");
	}

	@Test
	void aJobIsSkippedWhileItsLockIsHeld() {
		this.locks.hold("work");
		Jobs jobs = bean(Jobs.class);
		jobs.doing(() -> {
			throw new AssertionError("It ran");
		});
		assertThat(jobs.work()).isNull();
		jobs.silently();
		assertThat(jobs.optional()).isEmpty();
		assertThat(jobs.stage().toCompletableFuture()).isCompletedWithValue(null);
		assertThat(jobs.completableFuture()).isCompletedWithValue(null);
		assertThat(this.locks.story()).hasSize(5).containsOnly("refused work");
		assertThat(this.locks.isHeld("work")).isTrue();
	}

	@Test
	void anExceptionOfTheJobReachesTheCallerUnchangedAndReleasesTheLock() {
		IOException failure = new IOException("no disk");
		Jobs jobs = bean(Jobs.class);
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> jobs.failing(failure)).isSameAs(failure);
		assertThat(this.locks.story()).containsExactly("acquired work", "released work");
	}

	@Test
	void aStageHoldsTheLockUntilItCompletes() {
		Jobs jobs = bean(Jobs.class);
		CompletableFuture<String> stage = new CompletableFuture<>();
		jobs.returning(stage);
		assertThat(jobs.stage()).isSameAs(stage);
		assertThat(this.locks.isHeld("work")).isTrue();
		stage.complete("done");
		awaitRelease();
	}

	@Test
	void aStageThatFailsOrIsCancelledReleasesTheLock() {
		Jobs jobs = bean(Jobs.class);
		IOException failure = new IOException("no disk");
		CompletableFuture<String> failing = new CompletableFuture<>();
		jobs.returning(failing);
		jobs.stage();
		failing.completeExceptionally(failure);
		awaitRelease();
		assertThat(failing).isCompletedExceptionally();
		assertThat(failing.handle((value, ex) -> ex)).isCompletedWithValue(failure);
		CompletableFuture<String> cancelled = new CompletableFuture<>();
		jobs.returning(cancelled);
		jobs.stage().toCompletableFuture().cancel(false);
		awaitRelease();
		assertThatExceptionOfType(CancellationException.class).isThrownBy(cancelled::join);
	}

	@Test
	void aStageThatIsCompleteReleasesTheLockAtOnce() {
		Jobs jobs = bean(Jobs.class);
		jobs.returning(CompletableFuture.completedFuture("done"));
		assertThat(jobs.stage().toCompletableFuture()).isCompletedWithValue("done");
		assertThat(this.locks.story()).containsExactly("acquired work", "released work");
	}

	@Test
	void aJobThatIsCalledAgainWhileItRunsIsSkipped() {
		Jobs jobs = bean(Jobs.class);
		jobs.doing(jobs::silently);
		assertThat(jobs.work()).isEqualTo("done");
		assertThat(this.locks.story()).containsExactly("acquired work", "refused work", "released work");
	}

	@Test
	void anOutageReachesTheCaller() {
		LockUnavailableException outage = new LockUnavailableException("Redis is away", Instant.EPOCH, null);
		Jobs jobs = bean(Jobs.class);
		given(this.locks.registry.get(anyString(), any())).willThrow(outage);
		assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(jobs::work).isSameAs(outage);
	}

	@Test
	void aCallWaitsWhereItIsToldTo() {
		Jobs jobs = bean(Jobs.class);
		jobs.patient();
		assertThat(this.locks.story()).containsExactly("waited PT2S", "acquired work", "released work");
	}

	@Test
	void aCallThatIsInterruptedWhileItWaitsIsSkipped() {
		given(this.locks.registry.get(anyString(), any())).willAnswer((call) -> {
			DistributedLock lock = mock();
			given(lock.tryAcquire(any())).willThrow(new InterruptedException());
			return lock;
		});
		bean(Jobs.class).patient();
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	void anOutageSkipsTheJobWhereThatIsWanted() {
		given(this.locks.registry.get(anyString(), any())).willAnswer((call) -> awayLock());
		Jobs jobs = bean(Jobs.class);
		jobs.doing(() -> {
			throw new AssertionError("It ran");
		});
		jobs.skippedInAnOutage();
	}

	@Test
	void anOutageDoesNotKeepAJobFromRunningWhereThatIsWanted() {
		given(this.locks.registry.get(anyString(), any())).willAnswer((call) -> awayLock());
		Jobs jobs = bean(Jobs.class);
		jobs.doing(() -> assertThatIllegalStateException().isThrownBy(CurrentJob::lease)
			.withMessageContaining("runs without its lock"));
		assertThat(jobs.runInAnOutage()).isEqualTo("done");
	}

	private static DistributedLock awayLock() {
		DistributedLock lock = mock();
		given(lock.tryAcquire()).willThrow(new LockUnavailableException("Redis is away", Instant.EPOCH, null));
		return lock;
	}

	@Test
	void twoMethodsUnderOneKeyAreWarnedOf(CapturedOutput output) {
		bean(Jobs.class);
		assertThat(output).contains("Jobs.silently").contains("have the same key 'work'");
	}

	@Test
	void methodsUnderKeysOfTheirOwnAreNotWarnedOf(CapturedOutput output) {
		bean(Keys.class);
		assertThat(output).doesNotContain("have the same key");
	}

	@Test
	void twoBeansWithOneJobAreWarnedOf(CapturedOutput output) {
		this.context.registerBean("inland", Keys.class);
		this.context.registerBean("abroad", Keys.class);
		this.context.registerBean("third", Keys.class);
		start();
		assertThat(output)
			.containsOnlyOnce("Beans inland and abroad both have @SingletonJob method %s.literal under the key 'report'"
				.formatted(Keys.class.getName()))
			.doesNotContain("third")
			.doesNotContain("have the same key")
			.doesNotContain("Keys.argument");
	}

	@Test
	void beansOfSubclassesWithOneJobAreWarnedOf(CapturedOutput output) {
		this.context.registerBean("base", Keys.class);
		this.context.registerBean("more", MoreKeys.class);
		start();
		assertThat(output).contains("Keys.literal under the key 'report'").doesNotContain("Keys.byDefault");
	}

	@Test
	void aBeanThatIsMadeManyTimesIsNotWarnedOf(CapturedOutput output) {
		this.context.registerBean("prototype", Keys.class, (definition) -> definition.setScope("prototype"));
		start();
		this.context.getBean("prototype");
		this.context.getBean("prototype");
		assertThat(output).doesNotContain("under the key");
	}

	@Test
	void anObjectThatIsTwoBeansTakesItsLockOnce(CapturedOutput output) {
		this.context.registerBean("ftp", Jobs.class);
		this.context.registerBean("active", Jobs.class, () -> this.context.getBean("ftp", Jobs.class));
		this.context.registerBean("wrapped", ProxyFactoryBean.class, () -> {
			ProxyFactoryBean factory = new ProxyFactoryBean();
			factory.setTarget(this.context.getBean("ftp"));
			factory.setProxyTargetClass(true);
			return factory;
		});
		start();
		for (String name : List.of("ftp", "active", "wrapped")) {
			assertThat(((Jobs) this.context.getBean(name)).work()).as(name).isEqualTo("done");
		}
		assertThat(this.locks.story()).hasSize(6).containsOnly("acquired work", "released work");
		assertThat(output).doesNotContain("both have @SingletonJob method");
	}

	@Test
	void theKeyOfAJobInAConfigurationNamesItsClass() {
		bean(ConfigurationWithJob.class).byDefault();
		assertThat(keys()).containsExactly("io.dlock.job.SingletonJobTests$ConfigurationWithJob.byDefault");
	}

	@Test
	void theKeyMayBeATime() {
		MoreKeys keys = bean(MoreKeys.class);
		keys.time(LocalDate.of(2026, 11, 30));
		keys.time(YearMonth.of(2026, 11));
		keys.time(Duration.ofMinutes(5));
		keys.time(UUID.fromString("00000000-0000-0000-0000-000000000007"));
		assertThat(keys()).containsExactly("for-2026-11-30", "for-2026-11", "for-PT5M",
				"for-00000000-0000-0000-0000-000000000007");
	}

	@Test
	void aKeyOfWhatHasNoTextOfItsOwnIsAnError() {
		MoreKeys keys = bean(MoreKeys.class);
		assertThatIllegalArgumentException().isThrownBy(() -> keys.time(new Object()))
			.withMessageContaining("MoreKeys.time has a java.lang.Object for #{#when}")
			.withMessageContaining("name a property of it");
		assertThat(this.locks.story()).isEmpty();
	}

	@Test
	void theKeyIsByDefaultTheApplicationTheClassAndTheMethod() {
		this.context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("test", Map.of("spring.application.name", "orders")));
		Keys keys = bean(Keys.class);
		keys.byDefault();
		keys.byDefault("a", 1);
		assertThat(keys()).containsExactly("orders:io.dlock.job.SingletonJobTests$Keys.byDefault",
				"orders:io.dlock.job.SingletonJobTests$Keys.byDefault(String,int)");
	}

	@Test
	void theKeyOfAnInheritedJobNamesTheClassOfTheBean() {
		bean(MoreKeys.class).byDefault();
		assertThat(keys()).containsExactly("io.dlock.job.SingletonJobTests$MoreKeys.byDefault");
	}

	@Test
	void theKeyIsTakenFromTheAnnotation() {
		this.context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("test", Map.of("region", "eu")));
		Keys keys = bean(Keys.class);
		keys.literal();
		keys.placeholder();
		keys.argument(new Order("42"));
		keys.mixed("a", new Order("42"));
		keys.position(7);
		keys.composed();
		assertThat(keys()).containsExactly("report", "report-eu", "42", "invoice-eu-a-42", "7", "composed");
	}

	@Test
	void theKeyMayNameABean() {
		this.context.registerBean("order", Order.class, () -> new Order("42"));
		bean(BeanKeys.class).bean("a");
		assertThat(keys()).containsExactly("42-a");
	}

	@Test
	void theKeyMayNameWhatIsWithinAnArgument() {
		bean(Keys.class).within(Map.of("key", "value"), List.of("a", "bc", "de"));
		assertThat(keys()).containsExactly("value-2-1-9");
	}

	@Test
	void aKeyWithoutAValueIsAnError() {
		Keys keys = bean(Keys.class);
		assertThatIllegalArgumentException().isThrownBy(() -> keys.argument(new Order(null)))
			.withMessageContaining("Keys.argument")
			.withMessageContaining("#{#order.id}");
		assertThat(this.locks.story()).isEmpty();
	}

	private List<String> keys() {
		return this.locks.story()
			.stream()
			.filter((line) -> line.startsWith("acquired "))
			.map((line) -> line.substring("acquired ".length()))
			.toList();
	}

	private void awaitRelease() {
		Awaitility.await().until(() -> !this.locks.isHeld("work"));
	}

	private <T> T bean(Class<T> type) {
		this.context.registerBean(type);
		start();
		return this.context.getBean(type);
	}

	private void start() {
		this.context.registerBean(SingletonJobBeanPostProcessor.class, () -> this.locks.postProcessor());
		this.context.refresh();
	}

	static class Jobs {

		private Runnable work = () -> {
		};

		private CompletionStage<String> stage = new CompletableFuture<>();

		void doing(Runnable work) {
			this.work = work;
		}

		void returning(CompletionStage<String> stage) {
			this.stage = stage;
		}

		@SingletonJob("work")
		@Nullable String work() {
			this.work.run();
			return "done";
		}

		@SingletonJob(key = "work", waitFor = "${no.such:2s}")
		void patient() {
		}

		@SingletonJob(key = "away", whenUnavailable = WhenUnavailable.SKIP)
		void skippedInAnOutage() {
			this.work.run();
		}

		@SingletonJob(key = "away too", whenUnavailable = WhenUnavailable.RUN)
		@Nullable String runInAnOutage() {
			this.work.run();
			return "done";
		}

		@SingletonJob("work")
		void silently() {
			this.work.run();
		}

		@SingletonJob("work")
		void failing(Exception failure) throws Exception {
			throw failure;
		}

		@SingletonJob("work")
		Optional<String> optional() {
			return Optional.of("done");
		}

		@SingletonJob("work")
		CompletionStage<String> stage() {
			return this.stage;
		}

		@SingletonJob("work")
		CompletableFuture<String> completableFuture() {
			return this.stage.toCompletableFuture();
		}

	}

	static class Keys {

		@SingletonJob
		void byDefault() {
		}

		@SingletonJob
		void byDefault(String name, int number) {
		}

		@SingletonJob("report")
		void literal() {
		}

		@SingletonJob(key = "report-${region:none}")
		void placeholder() {
		}

		@SingletonJob("#{#order.id}")
		void argument(Order order) {
		}

		@SingletonJob("invoice-${region:none}-#{#name.toLowerCase()}-#{#order.id}")
		void mixed(String name, Order order) {
		}

		@SingletonJob("#{#a0}")
		void position(int number) {
		}

		@SingletonJob("#{#map[key]}-#{#list.?[length() > 1].size()}-#{{one: 1}.get('one')}-#{T(Math).max(#list.size(), 9)}")
		void within(Map<String, String> map, List<String> list) {
		}

		@Composed
		void composed() {
		}

	}

	static class BeanKeys {

		@SingletonJob("#{@order.id}-#{#name}")
		void bean(String name) {
		}

	}

	static class MoreKeys extends Keys {

		@SingletonJob("for-#{#when}")
		void time(Object when) {
		}

	}

	@Configuration
	static class ConfigurationWithJob {

		@Bean
		String somethingThatHasItEnhanced() {
			return "";
		}

		@SingletonJob
		void byDefault() {
		}

	}

	record Order(@Nullable String id) {
	}

	@SingletonJob("composed")
	@Retention(RetentionPolicy.RUNTIME)
	@interface Composed {

	}

}
