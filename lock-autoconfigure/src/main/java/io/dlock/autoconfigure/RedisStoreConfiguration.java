package io.dlock.autoconfigure;

import java.util.stream.Collectors;

import io.dlock.core.LockStore;
import io.dlock.redis.RedisLockStore;
import io.dlock.redis.RedisStoreSettings;
import io.lettuce.core.RedisClient;
import io.lettuce.core.resource.ClientResources;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
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
class RedisStoreConfiguration {

	@Bean
	RedisLockStore dlockLockStore(@Qualifier("dlockRedisConnectionFactory") LettuceConnectionFactory factory,
			DlockProperties properties) {
		DlockProperties.Replicas replicas = properties.replicas();
		return new RedisLockStore(factory, new RedisStoreSettings(properties.keyPrefix(), description(factory),
				replicas.minAcks(), replicas.ackTimeout()));
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
	@ConditionalOnMissingBean(name = "dlockRedisConnectionFactory")
	static class Connections {

		@Bean
		@ConditionalOnMissingBean(DlockConnectionDetails.class)
		DlockConnectionDetails dlockConnectionDetails(DlockProperties properties, ObjectProvider<SslBundles> sslBundles,
				ObjectProvider<ApplicationRedis> applicationRedis) {
			ApplicationRedis application = applicationRedis.getIfAvailable();
			if (properties.hasAddress() || application == null) {
				return new PropertiesDlockConnectionDetails(properties, sslBundles.getIfAvailable());
			}
			properties.checkNothingButTheAddressIsMissing();
			return application.connectionDetails();
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
