package io.dlock.autoconfigure;

import java.time.Duration;

import io.dlock.LockRegistry;
import io.dlock.core.LeaseSettings;
import io.dlock.core.LeasingLockRegistry;
import io.dlock.core.LockObserver;
import io.dlock.core.LockStore;
import io.dlock.job.JobTicks;
import io.dlock.job.RunningJobs;
import io.dlock.job.SingletonJobBeanPostProcessor;
import io.dlock.job.TickCarrier;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Locks that hold across processes: the registry, what keeps the locks, and
 * {@code @SingletonJob}.
 * <p>
 * A context and its children have one registry, which stops with the context that defines
 * it and alone contends. What makes {@code @SingletonJob} work is needed in each of them:
 * a post-processor does not see the beans of a child.
 * <p>
 * It comes last: {@link JobTicks} has to follow every other {@code SchedulingConfigurer},
 * which could replace the scheduler that claims ticks.
 */
@AutoConfiguration(afterName = "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration")
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@EnableConfigurationProperties(DlockProperties.class)
@Import({ ApplicationRedisConfiguration.class, RedisStoreConfiguration.class, LocalStoreConfiguration.class })
@ImportRuntimeHints(EventHints.class)
public final class DlockAutoConfiguration {

	/** What jobs get that have outlasted the grace of a shutdown and are interrupted. */
	private static final Duration PATIENCE_WITH_JOBS = Duration.ofSeconds(2);

	@Bean
	@ConditionalOnMissingBean(name = "dlockEventPublishingObserver")
	LockObserver dlockEventPublishingObserver(ApplicationEventPublisher publisher) {
		return new EventPublishingObserver(publisher);
	}

	@Bean
	@ConditionalOnMissingBean(LockRegistry.class)
	LeasingLockRegistry dlockRegistry(ObjectProvider<LockStore> store, DlockProperties properties,
			ObjectProvider<LockObserver> observers, Environment environment) {
		String name = properties.instanceId();
		LeaseSettings settings = new LeaseSettings((name != null) ? name : InstanceName.of(environment),
				properties.ttl(), properties.effectiveRenewInterval(), properties.pollInterval(),
				properties.commandTimeout());
		LockStore found = store.getIfAvailable(() -> {
			throw new InvalidSettingException(
					"dlock.mode is redis, but Lettuce and Spring Data Redis are not on the classpath",
					"Depend on lock-starter, which brings them, or set dlock.mode to local");
		});
		return new LeasingLockRegistry(found, settings, new ObserverGroup(observers.orderedStream().toList()));
	}

	@Bean
	@ConditionalOnBean(value = LeasingLockRegistry.class, search = SearchStrategy.CURRENT)
	RegistryLifecycle dlockRegistryLifecycle(LockRegistry registry, DlockProperties properties,
			ApplicationContext context) {
		LateWaits.warn(context.getEnvironment());
		return new RegistryLifecycle(registry, properties.commandTimeout().plusSeconds(1), context);
	}

	@Bean
	@ConditionalOnMissingBean
	ContendFor dlockContendFor(LockRegistry registry, DlockProperties properties, ApplicationContext context) {
		return new ContendFor(registry, properties.contendFor(), context);
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	static RunningJobs dlockRunningJobs() {
		return new RunningJobs(RegistryLifecycle.PHASE + 1, PATIENCE_WITH_JOBS);
	}

	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	static TickCarrier dlockTickCarrier() {
		return new TickCarrier();
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	JobTicks dlockJobTicks() {
		return new JobTicks();
	}

	/**
	 * It wants the running jobs of its own context: injected, those of a parent would be
	 * candidates as well, unless they have the same name.
	 */
	@Bean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	static SingletonJobBeanPostProcessor dlockSingletonJobBeanPostProcessor(ObjectProvider<LockRegistry> registry,
			BeanFactory beans) {
		return new SingletonJobBeanPostProcessor(registry::getObject, beans.getBean(RunningJobs.class));
	}

}
