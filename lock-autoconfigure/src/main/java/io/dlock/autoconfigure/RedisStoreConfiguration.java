package io.dlock.autoconfigure;

import java.util.stream.Collectors;

import io.dlock.core.LockStore;
import io.dlock.KeyText;
import io.dlock.redis.RedisLockStore;
import io.dlock.redis.RedisStoreSettings;
import io.lettuce.core.RedisClient;
import io.lettuce.core.resource.ClientResources;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.RedisNode;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Keeps the locks in Redis. What it brings is not offered to the application's own Redis
 * code, which would otherwise find two of each.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({ RedisClient.class, LettuceConnectionFactory.class })
@ConditionalOnMode(DlockProperties.Mode.REDIS)
@ConditionalOnMissingBean(LockStore.class)
@ImportRuntimeHints(RedisHints.class)
class RedisStoreConfiguration {

	static final String CONNECTION_FACTORY = "dlockRedisConnectionFactory";

	private static final Logger logger = LoggerFactory.getLogger(RedisStoreConfiguration.class);

	@Bean
	RedisLockStore dlockLockStore(@Qualifier(CONNECTION_FACTORY) LettuceConnectionFactory factory,
			DlockProperties properties) {
		properties.checkMode(DlockProperties.Mode.REDIS);
		DlockProperties.Replicas replicas = properties.replicas();
		String description = description(factory);
		logger.info("Locks are kept in {}, database {}, in keys that begin with {}", description, factory.getDatabase(),
				KeyText.quoted(properties.keyPrefix()));
		return new RedisLockStore(factory,
				new RedisStoreSettings(properties.keyPrefix(), description, replicas.minAcks(), replicas.ackTimeout()));
	}

	private static String description(LettuceConnectionFactory factory) {
		RedisSentinelConfiguration sentinels = factory.getSentinelConfiguration();
		if (sentinels == null) {
			return "Redis at %s:%d".formatted(factory.getHostName(), factory.getPort());
		}
		return "Redis %s of the sentinels at %s".formatted(sentinels.getMaster(),
				sentinels.getSentinels().stream().map(RedisNode::asString).collect(Collectors.joining(", ")));
	}

	/**
	 * The connections of dlock, unless the application brings its own.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingBean(name = CONNECTION_FACTORY)
	static class Connections {

		@Bean
		@ConditionalOnMissingBean(DlockConnectionDetails.class)
		DlockConnectionDetails dlockConnectionDetails(DlockProperties properties, ObjectProvider<SslBundles> sslBundles,
				ObjectProvider<ApplicationRedis> applicationRedis, ConfigurableListableBeanFactory beans,
				Environment environment) {
			ApplicationRedis application = applicationRedis.getIfAvailable();
			OverlookedConnections overlooked = new OverlookedConnections(beans, environment);
			if (properties.hasAddress()) {
				return new PropertiesDlockConnectionDetails(properties, sslBundles.getIfAvailable());
			}
			if (application == null) {
				overlooked.warn();
				return new PropertiesDlockConnectionDetails(properties, sslBundles.getIfAvailable());
			}
			properties.checkNothingButTheAddressIsMissing();
			DlockConnectionDetails details = application.connectionDetails();
			if (details.getAddress().equals(properties.address())) {
				overlooked.warnUnlessBootHasAnAddress();
			}
			return details;
		}

		@Bean(defaultCandidate = false)
		LettuceConnectionFactory dlockRedisConnectionFactory(DlockConnectionDetails details, DlockProperties properties,
				@Qualifier("dlockClientResources") ObjectProvider<ClientResources> resources) {
			OnDemandClientConfiguration client = new OnDemandClientConfiguration(properties, details.getSslBundle(),
					resources.getIfAvailable());
			return new LettuceConnections(details, client).factory();
		}

	}

}
