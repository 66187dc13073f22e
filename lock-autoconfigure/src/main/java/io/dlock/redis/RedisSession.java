package io.dlock.redis;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

import io.dlock.core.PushedGrant;
import io.dlock.core.RenewRequest;
import io.dlock.core.StoreListener;
import io.lettuce.core.RedisCommandTimeoutException;
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

	private final StepSender sender;

	private final StepQueue steps;

	RedisSession(LettuceConnectionFactory factory, RedisStoreSettings settings, String instanceId,
			StoreListener listener) {
		this.store = settings.description();
		this.timeout = factory.getClientConfiguration().getCommandTimeout();
		this.listener = listener;
		this.report = new ConnectionReport(this.store, listener);
		this.connections = new RedisConnections(factory, settings, instanceId, this::granted, this.report,
				RedisConnections::thread);
		this.sender = new StepSender(this.connections::commands, this.timeout, this.report, this::translate);
		this.steps = new StepQueue(this.sender);
	}

	void open() {
		this.connections.open();
	}

	/**
	 * Whether a request that waits will be told of its grant, as far as is known. Now and
	 * then this makes sure of it: then one finds out later.
	 */
	boolean expectsToBeTold() {
		GrantChannel grants = this.connections.grants();
		if (!grants.isListening()) {
			return false;
		}
		grants.check();
		return true;
	}

	/**
	 * Takes a step at once, which fails if there is no connection.
	 */
	<T> CompletableFuture<T> run(LockStep<T> step) {
		CompletableFuture<?> unused = this.sender.alone(step);
		return step.outcome();
	}

	/**
	 * Takes a step behind those that were asked for before, perhaps together with others.
	 */
	<T> CompletableFuture<T> inTurn(LockStep<T> step) {
		this.sender.expect(step);
		this.steps.send(step);
		return step.outcome();
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
