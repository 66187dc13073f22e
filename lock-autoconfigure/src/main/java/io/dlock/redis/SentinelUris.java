package io.dlock.redis;

import java.util.List;

import io.lettuce.core.RedisURI;

import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConverters;

/**
 * How the sentinels of a connection factory are reached, one by one, and how the servers
 * that they name: with the settings of the factory.
 */
final class SentinelUris {

	private final RedisURI all;

	private final LettuceClientConfiguration client;

	private final int database;

	/**
	 * Takes over the settings of a factory.
	 * @param factory a factory that asks sentinels
	 * @param sentinels which ones
	 */
	SentinelUris(LettuceConnectionFactory factory, RedisSentinelConfiguration sentinels) {
		this.client = factory.getClientConfiguration();
		this.database = factory.getDatabase();
		this.all = LettuceConverters.sentinelConfigurationToRedisURI(sentinels);
		this.client.getRedisCredentialsProviderFactory().ifPresent((credentials) -> {
			this.all.setCredentialsProvider(credentials.createCredentialsProvider(sentinels));
			this.all.getSentinels()
				.forEach((uri) -> uri.setCredentialsProvider(credentials.createSentinelCredentialsProvider(sentinels)));
		});
		this.all.getSentinels().forEach(this::apply);
	}

	List<RedisURI> sentinels() {
		return this.all.getSentinels();
	}

	RedisURI server(MasterReport master) {
		RedisURI uri = RedisURI.create(master.host(), master.port());
		uri.setCredentialsProvider(this.all.getCredentialsProvider());
		uri.setDatabase(this.database);
		apply(uri);
		return uri;
	}

	private void apply(RedisURI uri) {
		this.client.getClientName().ifPresent(uri::setClientName);
		uri.setSsl(this.client.isUseSsl());
		uri.setVerifyPeer(this.client.getVerifyMode());
		uri.setStartTls(this.client.isStartTls());
		uri.setTimeout(this.client.getCommandTimeout());
	}

}
