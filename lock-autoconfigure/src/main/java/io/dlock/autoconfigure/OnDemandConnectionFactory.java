package io.dlock.autoconfigure;

import io.lettuce.core.AbstractRedisClient;

import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisSentinelConnection;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Starts when a connection is first wanted, on the thread that wants it, and not with its
 * application context: to load the Redis client takes longer than everything else that
 * dlock does there. As a rule, that thread is the one on which dlock connects.
 * <p>
 * Whoever wants a reactive connection before that has to start the factory: what the
 * superclass returns for it cannot be named outside its package.
 */
class OnDemandConnectionFactory extends LettuceConnectionFactory {

	private final OnDemandClientConfiguration client;

	/** Guarded by this. */
	private boolean destroyed;

	OnDemandConnectionFactory(RedisStandaloneConfiguration server, OnDemandClientConfiguration client) {
		super(server, client);
		this.client = client;
		startLate();
	}

	OnDemandConnectionFactory(RedisSentinelConfiguration sentinels, OnDemandClientConfiguration client) {
		super(sentinels, client);
		this.client = client;
		startLate();
	}

	private void startLate() {
		setEarlyStartup(false);
		setAutoStartup(false);
	}

	@Override
	public void start() {
		if (isRunning()) {
			return;
		}
		synchronized (this) {
			if (!this.destroyed) {
				this.client.complete(); // this may fail, and must not leave the start
										// half done
				super.start();
			}
		}
	}

	@Override
	public synchronized void stop() {
		super.stop();
	}

	@Override
	public synchronized void destroy() {
		this.destroyed = true;
		super.destroy();
		this.client.shutDown();
	}

	@Override
	public AbstractRedisClient getRequiredNativeClient() {
		start();
		return super.getRequiredNativeClient();
	}

	@Override
	public RedisConnection getConnection() {
		start();
		return super.getConnection();
	}

	@Override
	public RedisSentinelConnection getSentinelConnection() {
		start();
		return super.getSentinelConnection();
	}

}
