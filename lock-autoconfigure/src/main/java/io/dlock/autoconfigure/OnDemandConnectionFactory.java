package io.dlock.autoconfigure;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.resource.ClientResources;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisSentinelConnection;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Starts when a connection is first wanted, on the thread that wants it, and not with its
 * application context: to load the Redis client takes longer than everything else that
 * dlock does there. As a rule, that thread is the one on which dlock connects.
 * <p>
 * Whoever wants a reactive connection before that has to start the factory: what the
 * superclass returns for it cannot be named outside its package.
 * <p>
 * Its client configuration says no more than how the servers are reached; the options and
 * the resources are those of the native client.
 */
class OnDemandConnectionFactory extends LettuceConnectionFactory {

	private final RedisConfiguration servers;

	private final LettuceConnections connections;

	/** Guarded by this. */
	private @Nullable LettuceClientConfiguration client;

	/** Those that have to be shut down here. Guarded by this. */
	private @Nullable ClientResources ownResources;

	/** Guarded by this. */
	private boolean destroyed;

	OnDemandConnectionFactory(RedisStandaloneConfiguration server, LettuceConnections connections) {
		super(server, connections.outline());
		this.servers = server;
		this.connections = connections;
		startLate();
	}

	OnDemandConnectionFactory(RedisSentinelConfiguration sentinels, LettuceConnections connections) {
		super(sentinels, connections.outline());
		this.servers = sentinels;
		this.connections = connections;
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
				client(); // this may fail, and must not leave the start half done
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
		if (this.ownResources != null) {
			Future<Boolean> unused = this.ownResources.shutdown();
		}
	}

	private synchronized LettuceClientConfiguration client() {
		if (this.client == null) {
			ClientResources resources = this.connections.givenResources();
			if (resources == null) {
				resources = this.connections.newResources();
				this.ownResources = resources;
			}
			this.client = this.connections.client(resources);
		}
		return this.client;
	}

	@Override
	protected final AbstractRedisClient createClient() {
		return createClient(client());
	}

	AbstractRedisClient createClient(LettuceClientConfiguration complete) {
		return new Completed(this.servers, complete).createClient();
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

	/**
	 * Knows how a client is made from a complete configuration, and does nothing else.
	 */
	private static final class Completed extends LettuceConnectionFactory {

		Completed(RedisConfiguration servers, LettuceClientConfiguration client) {
			super(servers, client);
		}

		@Override
		protected AbstractRedisClient createClient() {
			return super.createClient();
		}

	}

}
