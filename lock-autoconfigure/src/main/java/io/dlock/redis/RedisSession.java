package io.dlock.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

import io.dlock.core.PushedGrant;
import io.dlock.core.RenewRequest;
import io.dlock.core.StoreListener;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * What a store says to Redis from its start to its stop.
 */
final class RedisSession implements AutoCloseable {

	private final String store;

	private final Duration timeout;

	private final StoreListener listener;

	private final ConnectionReport report;

	private final RedisConnections connections;

	RedisSession(LettuceConnectionFactory factory, RedisStoreSettings settings, String instanceId,
			StoreListener listener) {
		this.store = settings.description();
		this.timeout = factory.getClientConfiguration().getCommandTimeout();
		this.listener = listener;
		this.report = new ConnectionReport(this.store, listener);
		this.connections = new RedisConnections(factory, settings, instanceId, this::granted, this.report);
	}

	void open() {
		this.connections.open();
	}

	/**
	 * Whether a request that waits will be told of its grant.
	 */
	boolean isListening() {
		return this.connections.grants().isListening();
	}

	/**
	 * Runs a script if there is a connection, and fails at once if not. There is a time
	 * limit whether or not the client has one, but not two: each costs a timer for every
	 * command.
	 */
	<T> CompletableFuture<T> run(LockScript script, String[] keys, Function<List<Object>, T> reader,
			String... arguments) {
		StatefulRedisConnection<String, String> connection = this.connections.commands();
		if (connection == null) {
			return CompletableFuture.failedFuture(this.report.notSent());
		}
		CompletableFuture<List<Object>> reply = script.run(connection.async(), keys, arguments);
		return Answers.read(
				givesUp(connection) ? reply : reply.orTimeout(this.timeout.toMillis(), TimeUnit.MILLISECONDS), reader,
				this::translate);
	}

	/**
	 * Whether the client itself gives up a command that is not answered within that time.
	 */
	private static boolean givesUp(StatefulRedisConnection<String, String> connection) {
		TimeoutOptions options = connection.getOptions().getTimeoutOptions();
		return options.isTimeoutCommands() && options.isApplyConnectionTimeout();
	}

	/**
	 * Asks the replicas for a grant, where that is demanded.
	 * @return null when the grant can be used, otherwise why not
	 */
	CompletableFuture<@Nullable String> confirm(RenewRequest grant) {
		return this.connections.acks().confirm(grant);
	}

	private void granted(RenewRequest grant) {
		PushedGrant pushed = new PushedGrant(grant.id(), grant.firstToken(), grant.tokens());
		if (!this.connections.acks().isDemanded()) {
			this.listener.granted(pushed);
			return;
		}
		CompletableFuture<Void> unused = confirm(grant).thenAccept((refusal) -> {
			if (refusal == null) {
				this.listener.granted(pushed);
			}
			else {
				this.listener.unconfirmed(grant.id(), refusal);
			}
		});
	}

	private Throwable translate(Throwable failure) {
		if (failure instanceof TimeoutException || failure instanceof RedisCommandTimeoutException) {
			return new RedisCommandTimeoutException(
					this.store + " has not answered within " + this.timeout.toMillis() + " ms");
		}
		if (Refusals.isFromReplica(failure)) {
			this.connections.leaveReplica();
		}
		return this.report.translate(Refusals.explain(failure));
	}

	/** The server has said that it is a replica. */
	void leaveReplica() {
		this.connections.leaveReplica();
	}

	@Override
	public void close() {
		this.connections.close();
	}

}
