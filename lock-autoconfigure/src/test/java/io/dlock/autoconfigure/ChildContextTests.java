package io.dlock.autoconfigure;

import java.time.Duration;
import java.util.Optional;

import io.dlock.Lease;
import io.dlock.LockRegistry;
import io.dlock.core.LockStore;
import io.dlock.job.RunningJobs;
import io.dlock.job.SingletonJob;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DlockAutoConfiguration} in a context and in its child, with locks in
 * memory.
 */
class ChildContextTests {

	@Test
	void aChildUsesTheRegistryOfItsParent() {
		try (ConfigurableApplicationContext parent = run(Application.class);
				ConfigurableApplicationContext child = childOf(parent, Application.class)) {
			assertThat(child.getBean(LockRegistry.class)).isSameAs(parent.getBean(LockRegistry.class));
			assertThat(child.getBeansOfType(LockRegistry.class)).isEmpty();
			assertThat(child.getBeansOfType(LockStore.class)).isEmpty();
		}
	}

	@Test
	void theJobsOfAChildRunUnderTheLocksOfItsParent() throws Exception {
		try (ConfigurableApplicationContext parent = run(Application.class);
				ConfigurableApplicationContext child = childOf(parent, Application.class)) {
			for (ApplicationContext context : new ApplicationContext[] { parent, child }) {
				Job job = context.getBean(Job.class);
				assertThat(job.run()).contains("done");
				try (Lease elsewhere = parent.getBean(LockRegistry.class).get("nightly").acquire()) {
					assertThat(job.run()).isEmpty();
				}
			}
		}
	}

	@Test
	void aParentOrAChildMayHaveRunningJobsOfItsOwn() {
		try (ConfigurableApplicationContext parent = run(OwnRunningJobs.class);
				ConfigurableApplicationContext child = childOf(parent, Application.class)) {
			assertThat(child.getBean(Job.class).run()).contains("done");
		}
		try (ConfigurableApplicationContext parent = run(Application.class);
				ConfigurableApplicationContext child = childOf(parent, OwnRunningJobs.class)) {
			assertThat(child.getBean(Job.class).run()).contains("done");
		}
	}

	@Test
	void aScheduledJobOfAChildKnowsItsTick() {
		try (ConfigurableApplicationContext parent = run(Application.class);
				ConfigurableApplicationContext child = childOf(parent, Scheduling.class)) {
			ScheduledJob job = child.getBean(ScheduledJob.class);
			Awaitility.await().until(() -> job.stack().length > 0);
			assertThat(job.stack()).extracting(StackTraceElement::getClassName).contains("io.dlock.job.ScheduledCall");
		}
	}

	@Test
	void theRegistryOfAParentOutlivesItsChildren() throws Exception {
		try (ConfigurableApplicationContext parent = run(Application.class)) {
			LockRegistry registry = parent.getBean(LockRegistry.class);
			try (Lease lease = registry.get("adm").acquire()) {
				childOf(parent, Application.class).close();
				assertThat(lease.isValid()).isTrue();
			}
			assertThat(registry.get("adm").tryLock()).isTrue();
		}
	}

	@Test
	void aChildWithoutDlockInItsParentIsComplete() {
		try (ConfigurableApplicationContext parent = run(Plain.class);
				ConfigurableApplicationContext child = childOf(parent, Application.class)) {
			assertThat(child.getBean(Job.class).run()).contains("done");
			awaitLeadership(child.getBean(LockRegistry.class));
		}
	}

	@Test
	void aChildDoesNotContendAgainForWhatItsParentContendsFor() {
		try (ConfigurableApplicationContext parent = run(Application.class)) {
			LockRegistry registry = parent.getBean(LockRegistry.class);
			awaitLeadership(registry);
			long token = registry.leases().iterator().next().fencingToken();
			try (ConfigurableApplicationContext child = childOf(parent, Application.class)) {
				assertThat(child.getBeansOfType(ContendFor.class)).isEmpty();
			}
			assertThat(registry.leases()).singleElement()
				.satisfies((lease) -> assertThat(lease.fencingToken()).isEqualTo(token));
		}
	}

	private static void awaitLeadership(LockRegistry registry) {
		Awaitility.await().until(() -> registry.leases().stream().anyMatch((lease) -> lease.key().equals("leader")));
	}

	private static ConfigurableApplicationContext run(Class<?> source) {
		return application(source).run();
	}

	private static ConfigurableApplicationContext childOf(ConfigurableApplicationContext parent, Class<?> source) {
		return application(source).parent(parent).run();
	}

	private static SpringApplicationBuilder application(Class<?> source) {
		return new SpringApplicationBuilder(source).web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.properties("dlock.mode=local", "dlock.contend-for=leader")
			.registerShutdownHook(false);
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(DlockAutoConfiguration.class)
	static class Application {

		@Bean
		Job job() {
			return new Job();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnRunningJobs extends Application {

		@Bean
		static RunningJobs mine() {
			return new RunningJobs(0, Duration.ZERO);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	@ImportAutoConfiguration({ DlockAutoConfiguration.class, TaskSchedulingAutoConfiguration.class })
	static class Scheduling {

		@Bean
		ScheduledJob scheduledJob() {
			return new ScheduledJob();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Plain {

	}

	static class Job {

		@SingletonJob("nightly")
		public Optional<String> run() {
			return Optional.of("done");
		}

	}

	static class ScheduledJob {

		private volatile StackTraceElement[] stack = {};

		@SingletonJob("hourly")
		@Scheduled(fixedRate = 3_600_000)
		public void run() {
			this.stack = new Throwable().getStackTrace();
		}

		public StackTraceElement[] stack() {
			return this.stack;
		}

	}

}
