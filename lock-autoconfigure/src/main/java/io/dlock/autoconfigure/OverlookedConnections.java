package io.dlock.autoconfigure;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * Connections to Redis that the application makes itself. They do not tell dlock where
 * they lead: the locks are kept on this machine then, where no other machine looks for
 * them.
 */
final class OverlookedConnections {

	private static final Logger logger = LoggerFactory.getLogger(OverlookedConnections.class);

	private static final List<String> ADDRESSES = List.of("spring.data.redis.host", "spring.data.redis.url");

	private final ConfigurableListableBeanFactory beans;

	private final Environment environment;

	OverlookedConnections(ConfigurableListableBeanFactory beans, Environment environment) {
		this.beans = beans;
		this.environment = environment;
	}

	/**
	 * Warns of them, where nothing tells where the locks are to be kept.
	 */
	void warn() {
		List<String> factories = Arrays
			.stream(this.beans.getBeanNamesForType(RedisConnectionFactory.class, true, false))
			.filter((name) -> !RedisStoreConfiguration.CONNECTION_FACTORY.equals(name) && !isMadeByBoot(name))
			.toList();
		if (!factories.isEmpty()) {
			logger.warn("dlock.host is not set, and the address of the application's own connections to Redis {} is "
					+ "not taken over: the locks are kept in the Redis on this machine. Set dlock.host or "
					+ "dlock.sentinel.nodes to the Redis that all instances share", factories);
		}
	}

	/**
	 * Warns of them, where Spring Boot's support for Redis is in use and its address is
	 * the default.
	 */
	void warnUnlessBootHasAnAddress() {
		if (ADDRESSES.stream().noneMatch(this.environment::containsProperty)) {
			warn();
		}
	}

	private boolean isMadeByBoot(String name) {
		if (!this.beans.containsBeanDefinition(name)
				|| !(this.beans.getMergedBeanDefinition(name) instanceof RootBeanDefinition definition)) {
			return false;
		}
		Method method = definition.getResolvedFactoryMethod();
		return method != null && method.getDeclaringClass().getName().startsWith("org.springframework.boot.");
	}

}
