package io.dlock.redis;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Makes the connections to the server that keeps the locks: the one that the factory is
 * for, or the one that its sentinels name.
 * <p>
 * Under Sentinel each connection goes to the address of a server, and returns there when
 * it is lost, also while no sentinel can be asked. It is left when another server becomes
 * the master.
 */
final class Gateway {

	private final LettuceConnectionFactory factory;

	private final @Nullable SentinelUris uris;

	private final @Nullable MasterWatch watch;

	/**
	 * A gateway that connects to nothing yet.
	 * @param moved is called when other connections are needed than those of before
	 */
	Gateway(LettuceConnectionFactory factory, String store, Runnable moved) {
		this.factory = factory;
		RedisSentinelConfiguration sentinels = factory.getSentinelConfiguration();
		if (sentinels == null) {
			this.uris = null;
			this.watch = null;
			return;
		}
		this.uris = new SentinelUris(factory, sentinels);
		String name = Objects.requireNonNull(sentinels.getMaster(), "master").getName();
		this.watch = new MasterWatch(this::client, this.uris.sentinels(),
				RedisLockStore.SOLE_MASTER.equals(name) ? null : name, store,
				factory.getClientConfiguration().getCommandTimeout(), moved);
	}

	/** Begins to ask the sentinels, if there are any. */
	void open() {
		if (this.watch != null) {
			this.watch.open();
		}
	}

	/**
	 * The server to connect to. Waits a little for the sentinels to name it.
	 * @return the server, or null for the one that the factory is for
	 * @throws RedisConnectionException when no sentinel has ever named one
	 */
	@Nullable MasterReport awaitServer() throws InterruptedException {
		return (this.watch != null) ? this.watch.awaitMaster() : null;
	}

	/** Whether connections to this server are still the right ones. */
	boolean leadsTo(@Nullable MasterReport server) {
		return this.watch == null || server == null || this.watch.isMaster(server);
	}

	StatefulRedisConnection<String, String> connect(@Nullable MasterReport server) {
		RedisURI uri = uri(server);
		return (uri != null) ? client().connect(StringCodec.UTF8, uri) : client().connect(StringCodec.UTF8);
	}

	StatefulRedisPubSubConnection<String, String> connectPubSub(@Nullable MasterReport server) {
		RedisURI uri = uri(server);
		return (uri != null) ? client().connectPubSub(StringCodec.UTF8, uri) : client().connectPubSub(StringCodec.UTF8);
	}

	private @Nullable RedisURI uri(@Nullable MasterReport server) {
		return (this.uris != null && server != null) ? this.uris.server(server) : null;
	}

	/**
	 * The server has said that it is no master. Where sentinels know which one is, they
	 * are asked.
	 * @return whether it is for the caller to connect anew: the address may lead to
	 * another server now
	 */
	boolean isDoubted() {
		if (this.watch == null) {
			return true;
		}
		this.watch.lookAgain();
		return false;
	}

	/**
	 * The client of now: it does not outlive a stop of its factory.
	 */
	private RedisClient client() {
		AbstractRedisClient client = this.factory.getRequiredNativeClient();
		if (client instanceof RedisClient redis) {
			return redis;
		}
		throw new IllegalStateException(RedisLockStore.NO_CLUSTER);
	}

	/**
	 * Asks the sentinels no more.
	 * @return completes when the connections to them are closed
	 */
	CompletableFuture<Void> close() {
		return (this.watch != null) ? this.watch.close() : CompletableFuture.completedFuture(null);
	}

}
