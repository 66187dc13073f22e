package io.dlock.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Finds the application's own Redis, where Spring Boot's support for it is in use.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(DataRedisConnectionDetails.class)
class ApplicationRedisConfiguration {

	@Bean
	@ConditionalOnBean(DataRedisConnectionDetails.class)
	ApplicationRedis dlockApplicationRedis(DataRedisConnectionDetails details,
			ObjectProvider<DataRedisProperties> properties) {
		DataRedisProperties known = properties.getIfAvailable();
		String url = (known != null) ? known.getUrl() : null;
		return () -> new ApplicationRedisConnectionDetails(details, url);
	}

}
