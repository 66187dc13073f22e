package io.dlock.testing;

import java.time.Duration;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;

import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Connection factories as the auto-configuration makes them, without it. They are
 * started, and to be destroyed by whoever asked for them.
 */
public final class TestConnectionFactories {

	/** How long commands may take. */
	public static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(1);

	/** For all tests of the JVM; its threads are daemons. */
	private static final ClientResources RESOURCES = ClientResources.builder()
		.reconnectDelay(Delay.constant(Duration.ofMillis(100)))
		.build();

	private TestConnectionFactories() {
	}

	public static LettuceConnectionFactory to(RedisServer server) {
		return to(server.host(), server.port());
	}

	static LettuceConnectionFactory to(String host, int port) {
		return start(new RedisStandaloneConfiguration(host, port));
	}

	public static LettuceConnectionFactory to(RedisServer server, String username, String password) {
		return to(server, username, password, 0);
	}

	public static LettuceConnectionFactory to(RedisServer server, String username, String password, int database) {
		RedisStandaloneConfiguration configuration = new RedisStandaloneConfiguration(server.host(), server.port());
		configuration.setDatabase(database);
		configuration.setUsername(username);
		configuration.setPassword(password);
		return start(configuration);
	}

	public static LettuceConnectionFactory to(SentinelSet set) {
		RedisSentinelConfiguration configuration = new RedisSentinelConfiguration().master(set.masterName());
		set.sentinels().forEach((sentinel) -> configuration.sentinel(sentinel.host(), sentinel.port()));
		return start(configuration);
	}

	private static LettuceConnectionFactory start(RedisConfiguration configuration) {
		ClientOptions options = ClientOptions.builder()
			.disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
			.timeoutOptions(TimeoutOptions.enabled())
			.socketOptions(SocketOptions.builder().connectTimeout(Duration.ofSeconds(2)).build())
			.build();
		LettuceClientConfiguration client = LettuceClientConfiguration.builder()
			.clientResources(RESOURCES)
			.clientOptions(options)
			.commandTimeout(COMMAND_TIMEOUT)
			.shutdownTimeout(Duration.ZERO)
			.build();
		LettuceConnectionFactory factory = new LettuceConnectionFactory(configuration, client);
		factory.afterPropertiesSet();
		factory.start();
		return factory;
	}

}
