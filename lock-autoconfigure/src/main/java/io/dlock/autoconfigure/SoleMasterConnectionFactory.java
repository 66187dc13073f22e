package io.dlock.autoconfigure;

import java.time.Duration;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConverters;

/**
 * Connections to the only master that the sentinels watch, when its name is not
 * configured.
 * <p>
 * The sentinels are asked once while the application starts, so that a wrong setting
 * stops it; when they do not answer they are asked again by each attempt to connect.
 */
final class SoleMasterConnectionFactory extends OnDemandConnectionFactory {

	private static final Logger logger = LoggerFactory.getLogger(SoleMasterConnectionFactory.class);

	private final RedisSentinelConfiguration sentinels;

	SoleMasterConnectionFactory(RedisSentinelConfiguration sentinels, OnDemandClientConfiguration client) {
		super(sentinels, client);
		this.sentinels = sentinels;
		setAutoStartup(true);
	}

	@Override
	protected RedisClient createClient() {
		RedisURI uri = LettuceConverters.sentinelConfigurationToRedisURI(this.sentinels);
		uri.setDatabase(this.sentinels.getDatabase());
		apply(uri);
		uri.getSentinels().forEach(this::apply);
		RedisClient redisClient = new SoleMasterClient(getClientConfiguration().getClientResources().orElseThrow(),
				uri);
		getClientConfiguration().getClientOptions().ifPresent(redisClient::setOptions);
		return redisClient;
	}

	private void apply(RedisURI uri) {
		uri.setSsl(isUseSsl());
		uri.setTimeout(getClientConfiguration().getCommandTimeout());
	}

	@Override
	public void start() {
		boolean begins = !isRunning();
		super.start();
		if (begins && isRunning()) { // which one that was destroyed will not
			askOnce((SoleMasterClient) getRequiredNativeClient());
		}
	}

	private void askOnce(SoleMasterClient redisClient) {
		try {
			Duration patience = getClientConfiguration().getCommandTimeout().multipliedBy(2);
			logger.info("The sentinels call the only master that they watch '{}'",
					redisClient.masterName().block(patience));
		}
		catch (InvalidSettingException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			logger.warn(
					"No sentinel of {} tells the name of the master, which dlock.sentinel.master does not set either: "
							+ "going on to ask ({})",
					this.sentinels.getSentinels(), ex.toString());
		}
	}

}
