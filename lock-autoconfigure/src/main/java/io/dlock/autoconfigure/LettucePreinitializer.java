package io.dlock.autoconfigure;

import java.util.concurrent.TimeUnit;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.EpollProvider;
import io.lettuce.core.resource.IOUringProvider;
import io.netty.util.concurrent.Future;

import org.springframework.boot.autoconfigure.preinitialize.BackgroundPreinitializer;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Has the Redis client loaded while the application starts, on the thread that Spring
 * Boot keeps for such things: on the one that starts the application, it would take most
 * of the time that dlock adds to a start. Makes what will be made later, connects to
 * nothing, and throws it away.
 * <p>
 * Spring Boot leaves it out where there is one processor only, or
 * {@code spring.backgroundpreinitializer.ignore} is set; and where the client is not on
 * the classpath, nothing comes of it.
 */
final class LettucePreinitializer implements BackgroundPreinitializer {

	@Override
	public void preinitialize() {
		boolean ignored = EpollProvider.isAvailable() || IOUringProvider.isAvailable();
		ClientResources resources = ClientResources.builder().build();
		try (RedisClient client = RedisClient.create(resources,
				RedisURI.create("localhost", RedisURI.DEFAULT_REDIS_PORT))) {
			new LettuceConnectionFactory(new RedisStandaloneConfiguration(),
					LettuceClientConfiguration.builder().build());
		}
		finally {
			Future<Boolean> unused = resources.shutdown(0, 0, TimeUnit.SECONDS);
		}
	}

}
