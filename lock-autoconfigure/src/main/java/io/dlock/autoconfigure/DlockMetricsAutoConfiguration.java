package io.dlock.autoconfigure;

import io.dlock.LockRegistry;
import io.dlock.actuate.LeaseGauge;
import io.dlock.actuate.LockMetrics;
import io.dlock.core.LeasingLockRegistry;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Meters of the locks, where the application has a {@link MeterRegistry}. They are bound
 * to it by Spring Boot: the registry of the locks, which tells the meters, must not need
 * one of meters, whose making may need the locks.
 */
@AutoConfiguration(after = DlockAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
public final class DlockMetricsAutoConfiguration {

	/** Told first: what listeners do with the events may take long. */
	@Bean
	@Order(Ordered.HIGHEST_PRECEDENCE)
	@ConditionalOnBean(value = LeasingLockRegistry.class, name = "dlockRegistry", search = SearchStrategy.CURRENT)
	@ConditionalOnMissingBean
	LockMetrics dlockMetrics() {
		return new LockMetrics();
	}

	@Bean
	@ConditionalOnBean(value = LockRegistry.class, search = SearchStrategy.CURRENT)
	@ConditionalOnMissingBean
	LeaseGauge dlockLeaseGauge(LockRegistry registry) {
		return new LeaseGauge(registry);
	}

}
