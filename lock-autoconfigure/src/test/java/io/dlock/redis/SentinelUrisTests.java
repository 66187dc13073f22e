package io.dlock.redis;

import java.time.Duration;

import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslVerifyMode;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SentinelUris}. Nothing is connected to.
 */
class SentinelUrisTests {

	private final RedisSentinelConfiguration sentinels = new RedisSentinelConfiguration().master("mymaster")
		.sentinel("one", 1)
		.sentinel("two", 2);

	@Test
	void theServerIsReachedAsTheFactoryWould() {
		this.sentinels.setUsername("locks");
		this.sentinels.setPassword("secret1");
		this.sentinels.setDatabase(3);
		RedisURI server = uris().server(new MasterReport("master", 7, 0));
		assertThat(server.getHost()).isEqualTo("master");
		assertThat(server.getPort()).isEqualTo(7);
		assertThat(server.getSentinels()).isEmpty();
		assertThat(server.getDatabase()).isEqualTo(3);
		assertThat(server.isSsl()).isTrue();
		assertThat(server.getVerifyMode()).isEqualTo(SslVerifyMode.CA);
		assertThat(server.getTimeout()).isEqualTo(Duration.ofMillis(700));
		assertThat(server.getClientName()).isEqualTo("the locks");
		assertCredentials(server, "locks", "secret1");
	}

	@Test
	void theSentinelsHaveTheirOwnCredentials() {
		this.sentinels.setPassword("secret1");
		this.sentinels.setSentinelUsername("watcher");
		this.sentinels.setSentinelPassword("secret2");
		assertThat(uris().sentinels()).hasSize(2).allSatisfy((uri) -> {
			assertThat(uri.isSsl()).isTrue();
			assertThat(uri.getTimeout()).isEqualTo(Duration.ofMillis(700));
			assertCredentials(uri, "watcher", "secret2");
		});
	}

	private SentinelUris uris() {
		LettuceClientConfiguration client = LettuceClientConfiguration.builder()
			.commandTimeout(Duration.ofMillis(700))
			.clientName("the locks")
			.useSsl()
			.verifyPeer(SslVerifyMode.CA)
			.build();
		return new SentinelUris(new LettuceConnectionFactory(this.sentinels, client), this.sentinels);
	}

	private static void assertCredentials(RedisURI uri, String username, String password) {
		RedisCredentials credentials = uri.getCredentialsProvider().resolveCredentials().block();
		assertThat(credentials.getUsername()).isEqualTo(username);
		assertThat(String.valueOf(credentials.getPassword())).isEqualTo(password);
	}

}
