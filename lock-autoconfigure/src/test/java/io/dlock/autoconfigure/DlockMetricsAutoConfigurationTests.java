package io.dlock.autoconfigure;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.dlock.Lease;
import io.dlock.LockOptions;
import io.dlock.LockRegistry;
import io.dlock.actuate.LeaseGauge;
import io.dlock.actuate.LockMetrics;
import io.dlock.core.LeaseSettings;
import io.dlock.core.LeasingLockRegistry;
import io.dlock.core.LocalLockStore;
import io.dlock.core.LockObserver;
import io.dlock.event.LockAcquiredEvent;
import io.dlock.event.LockLostEvent;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MeterRegistryCustomizer;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link DlockMetricsAutoConfiguration}, with the meters of Spring Boot.
 */
class DlockMetricsAutoConfigurationTests {

	private final ApplicationContextRunner unmeasured = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DlockAutoConfiguration.class, DlockMetricsAutoConfiguration.class))
		.withPropertyValues("dlock.mode=local");

	private final ApplicationContextRunner measured = this.unmeasured
		.withConfiguration(AutoConfigurations.of(MetricsAutoConfiguration.class,
				SimpleMetricsExportAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class));

	@Test
	void whatHappensIsMeasured() {
		this.measured.run((context) -> {
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			try (Lease lease = context.getBean(LockRegistry.class).get("adm").acquire()) {
				assertThat(lease.isValid()).isTrue();
				assertThat(meters.get("dlock.leases").gauge().value()).isOne();
			}
			assertThat(meters.get("dlock.leases").gauge().value()).isZero();
			assertThat(meters.get("dlock.acquired").tag("kind", "lock").timer().count()).isOne();
			assertThat(meters.get("dlock.released").tag("kind", "lock").timer().count()).isOne();
		});
	}

	@Test
	void aLossIsCountedOnceThoughItIsToldAgain() {
		this.measured.withUserConfiguration(BusyListener.class).run((context) -> {
			BusyListener listener = context.getBean(BusyListener.class);
			LockOptions overdueAtOnce = LockOptions.defaults().withMaxHold(Duration.ofMillis(1));
			Thread holder = new Thread(() -> context.getBean(LockRegistry.class).get("adm", overdueAtOnce).lock());
			holder.start();
			await().until(() -> listener.losses.get() == 1);
			listener.mayGoOn.countDown();
			await().until(() -> listener.losses.get() == 2);
			holder.join();
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			assertThat(meters.get("dlock.lost").tags("kind", "lock", "cause", "overdue").counter().count()).isOne();
			assertThat(meters.get("dlock.acquired").tag("kind", "lock").timer().count()).isOne();
		});
	}

	@Test
	void thereAreNoMetersWhereTheApplicationHasNone() {
		this.unmeasured
			.run((context) -> assertThat(context).doesNotHaveBean(LockMetrics.class).doesNotHaveBean(LeaseGauge.class));
		this.unmeasured.withClassLoader(new FilteredClassLoader(MeterRegistry.class))
			.run((context) -> assertThat(context).hasSingleBean(LockRegistry.class).doesNotHaveBean(LockMetrics.class));
	}

	@Test
	void aLazyApplicationMayBeginWithTheLocksOrWithTheMeters() {
		ApplicationContextRunner lazy = this.measured.withInitializer(
				(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()));
		lazy.run((context) -> {
			context.getBean(LockRegistry.class).get("adm").acquire().close();
			assertThat(context.getBean(MeterRegistry.class).get("dlock.leases").gauge().value()).isZero();
		});
		lazy.run((context) -> {
			MeterRegistry meters = context.getBean(MeterRegistry.class);
			context.getBean(LockRegistry.class).get("adm").acquire().close();
			assertThat(meters.get("dlock.released").tag("kind", "lock").timer().count()).isOne();
		});
	}

	@Test
	void whoeverSetsUpTheMetersMayNeedTheLocks() {
		this.measured.withUserConfiguration(LocksInMeters.class)
			.run((context) -> assertThat(
					context.getBean(MeterRegistry.class).get("dlock.leases").tag("lock", "adm").gauge())
				.isNotNull());
	}

	@Test
	void anApplicationWithSeveralRegistriesOfMetersStarts() {
		this.unmeasured.withBean("one", MeterRegistry.class, SimpleMeterRegistry::new)
			.withBean("other", MeterRegistry.class, SimpleMeterRegistry::new)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void aLockRegistryOfTheApplicationsOwnHasNoMetersThatStandStill() {
		this.measured.withBean(LeasingLockRegistry.class,
				() -> new LeasingLockRegistry(
						new LocalLockStore(System::nanoTime), new LeaseSettings("own", Duration.ofSeconds(10),
								Duration.ofSeconds(3), Duration.ofMillis(100), Duration.ofSeconds(2)),
						new LockObserver() {
						}))
			.run((context) -> {
				MeterRegistry meters = context.getBean(MeterRegistry.class);
				assertThat(meters.find("dlock.lost").counter()).isNull();
				assertThat(meters.get("dlock.leases").gauge().value()).isZero();
			});
	}

	@Configuration(proxyBeanMethods = false)
	static class LocksInMeters {

		@Bean
		MeterRegistryCustomizer<MeterRegistry> lockTag(LockRegistry locks) {
			return (meters) -> meters.config().commonTags("lock", locks.get("adm").key());
		}

		@Bean
		MeterBinder binder(LockRegistry locks) {
			return (meters) -> Gauge.builder("own", locks, (registry) -> registry.leases().size()).register(meters);
		}

	}

	static class BusyListener {

		private final CountDownLatch mayGoOn = new CountDownLatch(1);

		private final AtomicInteger losses = new AtomicInteger();

		@EventListener
		void acquired(LockAcquiredEvent event) throws InterruptedException {
			this.mayGoOn.await(20, TimeUnit.SECONDS);
		}

		@EventListener
		void lost(LockLostEvent event) {
			this.losses.incrementAndGet();
		}

	}

}
