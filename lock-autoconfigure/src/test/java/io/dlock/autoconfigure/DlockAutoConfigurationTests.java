package io.dlock.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.dlock.DistributedLock;
import io.dlock.FailureCause;
import io.dlock.Lease;
import io.dlock.LockKind;
import io.dlock.LockRegistry;
import io.dlock.core.LeasingLockRegistry;
import io.dlock.core.LocalLockStore;
import io.dlock.core.LockObserver;
import io.dlock.core.LockStore;
import io.dlock.event.LockAcquiredEvent;
import io.dlock.event.LockEvent;
import io.dlock.event.LockFailedEvent;
import io.dlock.job.JobTicks;
import io.dlock.job.SingletonJob;
import io.dlock.job.RunningJobs;
import io.dlock.job.SingletonJobBeanPostProcessor;
import io.dlock.redis.RedisLockStore;
import io.lettuce.core.RedisClient;
import io.lettuce.core.resource.ClientResources;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.MapPropertySource;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link DlockAutoConfiguration}, with locks in memory.
 */
@ExtendWith(OutputCaptureExtension.class)
class DlockAutoConfigurationTests {

	private final ApplicationContextRunner contexts = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DlockAutoConfiguration.class));

	private final ApplicationContextRunner local = this.contexts.withPropertyValues("dlock.mode=local",
			"spring.application.name=my orders");

	@Test
	void theRegistryIsABean() {
		this.local.run((context) -> {
			assertThat(context).hasSingleBean(LockRegistry.class);
			assertThat(context.getBean("dlockRegistry")).isInstanceOf(LeasingLockRegistry.class);
			try (Lease lease = context.getBean(LockRegistry.class).get("adm").acquire()) {
				assertThat(lease.isValid()).isTrue();
			}
		});
	}

	@Test
	void theRunningJobsThatTheApplicationPrefersAreTaken() {
		this.local
			.withBean("mine", RunningJobs.class, () -> new RunningJobs(0, Duration.ZERO),
					(definition) -> definition.setPrimary(true))
			.withBean("others", RunningJobs.class, () -> new RunningJobs(0, Duration.ZERO))
			.run((context) -> assertThat(context).hasNotFailed());
		this.local
			.withBean("mine", RunningJobs.class, () -> new RunningJobs(0, Duration.ZERO),
					(definition) -> definition.setAutowireCandidate(false))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void anInstanceIsCalledByItsApplicationHostAndProcess() {
		this.local.run((context) -> assertThat(context.getBean(LockRegistry.class).instanceId())
			.matches("my-orders@\\S+:" + ProcessHandle.current().pid() + "-\\w+"));
		this.local.withPropertyValues("dlock.instance-id=green")
			.run((context) -> assertThat(context.getBean(LockRegistry.class).instanceId()).startsWith("green-"));
	}

	@Test
	void localLocksNeedNoRedisAndSaySo(CapturedOutput output) {
		this.local.withClassLoader(new FilteredClassLoader("io.lettuce", "org.springframework.data.redis", "io.netty"))
			.run((context) -> {
				assertThat(context).hasSingleBean(LocalLockStore.class).doesNotHaveBean("dlockRedisConnectionFactory");
				assertThat(context.getBean(LockRegistry.class).get("adm").tryLock()).isTrue();
			});
		assertThat(output).containsOnlyOnce("dlock.mode is local: locks hold in this process only");
	}

	@Test
	void withoutRedisOnTheClasspathTheModeHasToBeLocal() {
		this.contexts
			.withClassLoader(new FilteredClassLoader(RedisClient.class, RedisConnectionFactory.class,
					LettuceConnectionFactory.class))
			.run((context) -> {
				assertThat(context).hasFailed();
				FailureAnalysis analysis = DlockPropertiesTests.analyze(context.getStartupFailure());
				assertThat(analysis.getDescription()).contains("dlock.mode is redis").contains("classpath");
				assertThat(analysis.getAction()).contains("lock-starter").contains("dlock.mode to local");
			});
	}

	@Test
	void theModeIsReadAsItIsBound() {
		for (String mode : List.of("local", "LOCAL", "Local", " local\t", "lo-cal")) {
			withMode(mode).run((context) -> assertThat(context).as("'%s'", mode).hasSingleBean(LocalLockStore.class));
		}
		for (String mode : List.of("redis", "REDIS ", "", "${NO_SUCH_MODE:}")) {
			withMode(mode).run((context) -> assertThat(context).as("'%s'", mode).hasSingleBean(RedisLockStore.class));
		}
	}

	@Test
	void aModeThatIsNoneIsNamedBesideThoseThatAre() {
		withMode("memory").run((context) -> {
			assertThat(context).hasFailed();
			FailureAnalysis analysis = DlockPropertiesTests.analyze(context.getStartupFailure());
			assertThat(analysis.getDescription()).contains("dlock.mode").contains("memory");
			assertThat(analysis.getAction()).contains("LOCAL", "REDIS");
		});
	}

	private ApplicationContextRunner withMode(String mode) {
		return this.contexts.withInitializer((context) -> context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("mode", Map.of("dlock.mode", mode))));
	}

	@Test
	void theApplicationHearsOfItsLocks() {
		this.local.withBean(EventRecorder.class).run((context) -> {
			LockRegistry registry = context.getBean(LockRegistry.class);
			DistributedLock lock = registry.get("adm");
			Lease lease = lock.acquire();
			assertThat(lock.tryAcquire()).isEmpty();
			lease.close();
			EventRecorder recorder = context.getBean(EventRecorder.class);
			Awaitility.await()
				.untilAsserted(() -> assertThat(recorder.story()).containsExactly("Acquired adm", "Failed adm",
						"Released adm"));
			assertThat(recorder.events()).allSatisfy((event) -> {
				assertThat(event.getSource()).isSameAs(registry);
				assertThat(event.getInstanceId()).isEqualTo(registry.instanceId());
				assertThat(event.getKind()).isEqualTo(LockKind.LOCK);
			});
			assertThat(((LockAcquiredEvent) recorder.events().get(0)).getFencingToken())
				.isEqualTo(lease.fencingToken());
			assertThat(((LockFailedEvent) recorder.events().get(1)).getCause()).isEqualTo(FailureCause.HELD);
		});
	}

	@Test
	void aListenerThatThrowsChangesNothingAndKeepsNoObserverFromHearing(CapturedOutput output) {
		HearingObserver observer = new HearingObserver();
		this.local.withBean(ThrowingListener.class)
			.withBean("other", LockObserver.class, () -> observer)
			.run((context) -> {
				try (Lease lease = context.getBean(LockRegistry.class).get("adm").acquire()) {
					assertThat(lease.isValid()).isTrue();
				}
			});
		assertThat(observer.acquired).isEqualTo(1);
		assertThat(output).contains("A listener failed on news of lock 'adm'").contains("no such printer");
	}

	@Test
	void aJobRunsWithAndWithoutAnotherCreatorOfProxies() {
		ApplicationContextRunner jobs = this.local.withBean(Job.class).withBean(EventRecorder.class);
		jobs.run(DlockAutoConfigurationTests::runsAndIsSkipped);
		jobs.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class))
			.run(DlockAutoConfigurationTests::runsAndIsSkipped);
		jobs.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class))
			.withPropertyValues("spring.aop.auto=false")
			.run(DlockAutoConfigurationTests::runsAndIsSkipped);
	}

	private static void runsAndIsSkipped(ApplicationContext context) throws InterruptedException {
		Job job = context.getBean(Job.class);
		assertThat(AopUtils.isAopProxy(job)).isTrue();
		assertThat(job.run()).contains("done");
		EventRecorder recorder = context.getBean(EventRecorder.class);
		try (Lease elsewhere = context.getBean(LockRegistry.class).get("nightly").acquire()) {
			assertThat(job.run()).isEmpty();
		}
		assertThat(recorder.events()).filteredOn((event) -> event.getKind() == LockKind.JOB)
			.extracting((event) -> (Object) event.getClass().getSimpleName())
			.containsExactly("LockAcquiredEvent", "LockReleasedEvent", "LockFailedEvent");
	}

	@Test
	void ticksAreClaimedThoughAnotherAutoConfigurationSetsTheScheduler() {
		this.contexts.withConfiguration(AutoConfigurations.of(LaterAutoConfiguration.class))
			.withPropertyValues("dlock.mode=local")
			.run((context) -> assertThat(context.getBeanProvider(SchedulingConfigurer.class).orderedStream().toList())
				.hasSize(2)
				.last()
				.isInstanceOf(JobTicks.class));
	}

	@Test
	void everyBeanCanBeReplaced() {
		this.contexts.withUserConfiguration(Replacements.class).run((context) -> {
			assertThat(context).hasSingleBean(LockStore.class)
				.hasSingleBean(LockObserver.class)
				.hasSingleBean(SingletonJobBeanPostProcessor.class)
				.doesNotHaveBean("dlockRedisConnectionFactory")
				.doesNotHaveBean(ClientResources.class);
			context.getBean(LockRegistry.class).get("adm").lock();
			assertThat(context.getBean(HearingObserver.class).acquired).isEqualTo(1);
		});
		LockRegistry registry = mock();
		this.contexts.withPropertyValues("dlock.mode=local", "dlock.contend-for=adm")
			.withBean("mine", LockRegistry.class, () -> registry)
			.run((context) -> {
				assertThat(context).hasNotFailed().doesNotHaveBean("dlockRegistry");
				assertThat(context.getBean(LockRegistry.class)).isSameAs(registry);
			});
	}

	@Test
	void theSettingsOfALeaseAreThoseOfTheProperties() {
		this.local.withPropertyValues("dlock.ttl=1h").run((context) -> {
			try (Lease lease = context.getBean(LockRegistry.class).get("adm").acquire()) {
				assertThat(lease.remaining()).isBetween(Duration.ofMinutes(53), Duration.ofMinutes(54));
			}
		});
	}

	@Test
	void theLongestTtlIsOneThatLocksCanHave() {
		this.local.withPropertyValues("dlock.ttl=365d").run((context) -> {
			try (Lease lease = context.getBean(LockRegistry.class).get("adm").acquire()) {
				assertThat(lease.remaining()).isGreaterThan(Duration.ofDays(300));
			}
		});
	}

	@Test
	void anApplicationWithoutAnyLockNeedsNothing() {
		this.contexts.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(LockRegistry.class));
	}

	static class ThrowingListener {

		@EventListener
		void fail(LockEvent event) {
			throw new IllegalStateException("no such printer");
		}

	}

	static class HearingObserver implements LockObserver {

		private int acquired;

		@Override
		public void acquired(LockRegistry registry, String key, LockKind kind, long fencingToken, Duration waited) {
			this.acquired++;
		}

	}

	static class Job {

		@SingletonJob("nightly")
		public Optional<String> run() {
			return Optional.of("done");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Replacements {

		@Bean
		LockStore store() {
			return new LocalLockStore(System::nanoTime);
		}

		@Bean
		HearingObserver dlockEventPublishingObserver() {
			return new HearingObserver();
		}

		@Bean
		static SingletonJobBeanPostProcessor jobs(ObjectProvider<LockRegistry> registry, RunningJobs running) {
			return new SingletonJobBeanPostProcessor(registry::getObject, running);
		}

	}

	/** By its name, it comes after dlock's. */
	@AutoConfiguration
	static class LaterAutoConfiguration {

		@Bean
		SchedulingConfigurer ownScheduler() {
			return (registrar) -> registrar.setTaskScheduler(new SimpleAsyncTaskScheduler());
		}

	}

}
