package io.dlock.autoconfigure;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import io.dlock.DistributedLock;
import io.dlock.Lease;
import io.dlock.LockRegistry;
import io.dlock.LockRegistryClosedException;
import io.dlock.core.LeasingLockRegistry;
import io.dlock.job.SingletonJob;
import io.dlock.testing.NewThreads;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link RegistryLifecycle} and {@link ContendFor} in whole applications, with
 * locks in memory.
 */
@ExtendWith(OutputCaptureExtension.class)
class RegistryLifecycleTests {

	@Test
	void anApplicationContendsWhenItIsReadyAndAgainAfterARestart() {
		try (ConfigurableApplicationContext context = run("--dlock.contend-for=adm,reports")) {
			EventRecorder recorder = context.getBean(EventRecorder.class);
			assertThat(context.getBean(ReadyCheck.class).eventsBeforeReady).isZero();
			awaitLeadership(context, "adm");
			awaitLeadership(context, "reports");
			recorder.events().clear();
			context.stop();
			assertThat(recorder.story()).containsExactlyInAnyOrder("Released adm", "Released reports");
			assertThatExceptionOfType(LockRegistryClosedException.class)
				.isThrownBy(() -> context.getBean(LockRegistry.class).get("adm").tryLock());
			recorder.events().clear();
			context.start();
			awaitLeadership(context, "adm");
			awaitLeadership(context, "reports");
		}
	}

	@Test
	void aPausedApplicationGoesOn() {
		try (ConfigurableApplicationContext context = run("--dlock.contend-for=adm")) {
			awaitLeadership(context, "adm");
			context.pause();
			assertThat(context.getBean(LockRegistry.class).leases()).isEmpty();
			context.restart();
			awaitLeadership(context, "adm");
			context.getBean(LockRegistry.class).get("other").lock();
		}
	}

	@Test
	void aClosingApplicationSendsWaitersAwayAndReleasesWhatItHolds() throws Exception {
		ConfigurableApplicationContext context = run();
		EventRecorder recorder = context.getBean(EventRecorder.class);
		DistributedLock lock = context.getBean(LockRegistry.class).get("adm");
		Lease lease = lock.acquire();
		CompletableFuture<Lease> waiter = lock.acquireAsync();
		context.close();
		assertThat(waiter).failsWithin(Duration.ZERO)
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(LockRegistryClosedException.class);
		assertThat(lease.isValid()).isFalse();
		assertThat(recorder.story()).containsSubsequence("Acquired adm", "Released adm").contains("Failed adm");
		lease.close();
	}

	@Test
	void whatIsStoppedBeforeTheRegistryMayStillUseItsLeases() {
		ConfigurableApplicationContext context = run();
		LateWorker worker = context.getBean(LateWorker.class);
		worker.lease = context.getBean(LockRegistry.class).get("adm").tryAcquire().orElseThrow();
		context.close();
		assertThat(worker.validAtItsStop).isTrue();
		assertThat(worker.lease.isValid()).isFalse();
	}

	@Test
	void whoWaitsIsSentAwayBeforeAnythingIsStopped() throws Exception {
		ConfigurableApplicationContext context = run();
		LateWorker worker = context.getBean(LateWorker.class);
		DistributedLock lock = context.getBean(LockRegistry.class).get("adm");
		worker.lease = lock.acquire();
		worker.waiter = lock.acquireAsync();
		context.close();
		assertThat(worker.endOfItsWait).isInstanceOf(LockRegistryClosedException.class);
	}

	@Test
	void theClosingOfAChildChangesNothing() throws Exception {
		try (ConfigurableApplicationContext context = run()) {
			try (AnnotationConfigApplicationContext child = new AnnotationConfigApplicationContext()) {
				child.setParent(context);
				child.refresh();
			}
			DistributedLock lock = context.getBean(LockRegistry.class).get("adm");
			assertThat(lock.tryLock(1, TimeUnit.SECONDS)).isTrue();
			lock.unlock();
		}
	}

	@Test
	void theReadinessOfAChildIsNotThatOfTheApplication() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("test", Map.of("dlock.mode", "local", "dlock.contend-for", "adm")));
			context.register(Application.class);
			context.refresh();
			try (ConfigurableApplicationContext child = new SpringApplicationBuilder(Child.class)
				.web(WebApplicationType.NONE)
				.bannerMode(Banner.Mode.OFF)
				.parent(context)
				.run()) {
				assertThat(context.getBean(LockRegistry.class).leases()).isEmpty();
			}
		}
	}

	@Test
	void anApplicationThatFailsToStartLeavesNoThreadBehind() {
		NewThreads threads = new NewThreads();
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> run("--fail=true"));
		Awaitility.await().untilAsserted(() -> assertThat(threads.names()).isEmpty());
	}

	@Test
	void aSettingThatHasSpringWaitForTasksTooLateIsNamed(CapturedOutput output) {
		run("--spring.task.scheduling.shutdown.await-termination=true",
				"--spring.task.execution.shutdown.await-termination=true")
			.close();
		assertThat(output).containsOnlyOnce("spring.task.scheduling.shutdown.await-termination is true")
			.containsOnlyOnce("spring.task.execution.shutdown.await-termination is true")
			.contains("spring.lifecycle.timeout-per-shutdown-phase");
	}

	@Test
	void settingsThatHaveSpringWaitInTimeNeedNoWord(CapturedOutput output) {
		run("--spring.task.scheduling.shutdown.await-termination=false",
				"--spring.task.execution.shutdown.await-termination=",
				"--spring.lifecycle.timeout-per-shutdown-phase=5s")
			.close();
		assertThat(output).doesNotContain("await-termination");
	}

	@Test
	void aJobMayCloseItsOwnApplication(CapturedOutput output) {
		ConfigurableApplicationContext context = run();
		boolean interrupted = context.getBean(LastJob.class).close(context);
		assertThat(interrupted).isFalse();
		assertThat(context.isActive()).isFalse();
		assertThat(output).doesNotContain("Interrupt").doesNotContain("still busy");
	}

	@Test
	void aRegistryBehindAProxyIsStarted() {
		try (ConfigurableApplicationContext context = run("--proxied=true")) {
			LockRegistry registry = context.getBean(LockRegistry.class);
			assertThat(registry).isNotInstanceOf(LeasingLockRegistry.class);
			registry.get("adm").lock();
		}
	}

	private static void awaitLeadership(ApplicationContext context, String key) {
		Awaitility.await()
			.until(() -> context.getBean(LockRegistry.class)
				.leases()
				.stream()
				.anyMatch((lease) -> lease.key().equals(key)));
		Awaitility.await().until(() -> context.getBean(EventRecorder.class).story().contains("Acquired " + key));
	}

	private static ConfigurableApplicationContext run(String... arguments) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.properties("dlock.mode=local")
			.registerShutdownHook(false)
			.run(arguments);
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(DlockAutoConfiguration.class)
	static class Application {

		@Bean
		EventRecorder recorder() {
			return new EventRecorder();
		}

		@Bean
		ReadyCheck readyCheck(EventRecorder recorder) {
			return new ReadyCheck(recorder);
		}

		@Bean
		LateWorker lateWorker() {
			return new LateWorker();
		}

		@Bean
		LastJob lastJob() {
			return new LastJob();
		}

		@Bean
		static BeanPostProcessor proxies(Environment environment) {
			boolean wanted = environment.getProperty("proxied", Boolean.class, false);
			return new BeanPostProcessor() {

				@Override
				public Object postProcessAfterInitialization(Object bean, String name) {
					return (wanted && bean instanceof LockRegistry) ? new ProxyFactory(bean).getProxy() : bean;
				}

			};
		}

		@Bean
		Failure failure(Environment environment) {
			return new Failure(environment.getProperty("fail", Boolean.class, false));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Child {

	}

	/**
	 * Runs just before the application is ready.
	 */
	static class ReadyCheck implements ApplicationRunner {

		private final EventRecorder recorder;

		private int eventsBeforeReady = -1;

		ReadyCheck(EventRecorder recorder) {
			this.recorder = recorder;
		}

		@Override
		public void run(ApplicationArguments arguments) {
			this.eventsBeforeReady = this.recorder.events().size();
		}

	}

	/**
	 * The last thing that an application does.
	 */
	static class LastJob {

		@SingletonJob("last")
		public Boolean close(ConfigurableApplicationContext context) {
			context.close();
			return Thread.interrupted();
		}

	}

	/**
	 * Something with the phase of an executor, that holds a lock until it is stopped.
	 */
	static class LateWorker implements SmartLifecycle {

		private volatile Lease lease;

		private volatile CompletableFuture<Lease> waiter = CompletableFuture.completedFuture(null);

		private volatile boolean validAtItsStop;

		private volatile Throwable endOfItsWait;

		private volatile boolean running;

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public void stop() {
			this.validAtItsStop = this.lease != null && this.lease.isValid();
			this.endOfItsWait = this.waiter.handle((lease, ex) -> ex)
				.completeOnTimeout(null, 2, TimeUnit.SECONDS)
				.join();
			this.running = false;
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

		@Override
		public int getPhase() {
			return Integer.MAX_VALUE / 2;
		}

	}

	/**
	 * Fails to start when everything else has started.
	 */
	static class Failure implements SmartLifecycle {

		private final boolean fails;

		Failure(boolean fails) {
			this.fails = fails;
		}

		@Override
		public void start() {
			if (this.fails) {
				throw new IllegalStateException("port in use");
			}
		}

		@Override
		public void stop() {
		}

		@Override
		public boolean isRunning() {
			return false;
		}

	}

}
