package io.dlock.redis;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.dlock.core.RenewRequest;
import io.dlock.core.RenewVerdict;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import org.jspecify.annotations.Nullable;

/**
 * Makes sure that replicas have a grant before it is used: renews it, and waits for their
 * acknowledgement of that write, which comes after the one that granted.
 * <p>
 * WAIT blocks its connection, so this has a few of its own, and nothing else waits behind
 * it. Grants that come while all of them wait share the next WAIT.
 */
final class ReplicaAcks {

	private static final int CONNECTIONS = 4;

	private static final int GRANTS_PER_SCRIPT = 100;

	private final RedisStoreSettings settings;

	private final long limitMillis;

	private final LockKeys keys;

	private final List<Link<StatefulRedisConnection<String, String>>> links = new ArrayList<>();

	/** Guarded by this. */
	private final Deque<Link<StatefulRedisConnection<String, String>>> idle = new ArrayDeque<>();

	/** Guarded by this. */
	private final Queue<Unconfirmed> unconfirmed = new ArrayDeque<>();

	/**
	 * Connects to nothing yet.
	 * @param timeout how long an answer may take, whether or not the client has a limit
	 */
	ReplicaAcks(RedisStoreSettings settings, Duration timeout) {
		this.settings = settings;
		this.limitMillis = timeout.plus(settings.ackTimeout()).toMillis();
		this.keys = new LockKeys(settings.keyPrefix());
		if (isDemanded()) {
			for (int i = 0; i < CONNECTIONS; i++) {
				this.links.add(new Link<>());
			}
			this.idle.addAll(this.links);
		}
	}

	boolean isDemanded() {
		return this.settings.minAcks() > 0;
	}

	/**
	 * Connects, unless that has been done: then Lettuce keeps it up.
	 */
	void connect(Supplier<StatefulRedisConnection<String, String>> attempt) {
		this.links.forEach((link) -> link.connect(attempt));
	}

	boolean isConnected() {
		return this.links.stream().allMatch(Link::isDone);
	}

	/** Closes the connections, so that others can be made. */
	void leave() {
		this.links.forEach(Link::leave);
	}

	/**
	 * Asks the replicas for a grant.
	 * @param grant the grant, as it would be renewed
	 * @return null when enough of them have it, otherwise why it cannot be relied on
	 */
	CompletableFuture<@Nullable String> confirm(RenewRequest grant) {
		Unconfirmed added = new Unconfirmed(grant, new CompletableFuture<>());
		synchronized (this) {
			this.unconfirmed.add(added);
		}
		confirmNext();
		return added.refusal();
	}

	private void confirmNext() {
		Link<StatefulRedisConnection<String, String>> link;
		List<Unconfirmed> batch = new ArrayList<>();
		synchronized (this) {
			if (this.idle.isEmpty() || this.unconfirmed.isEmpty()) {
				return;
			}
			link = this.idle.stream().filter(Link::isOpen).findFirst().orElse(this.idle.element());
			this.idle.remove(link);
			while (!this.unconfirmed.isEmpty() && batch.size() < GRANTS_PER_SCRIPT) {
				batch.add(this.unconfirmed.remove());
			}
		}
		CompletableFuture<Void> unused = tryToConfirm(batch, link.connection())
			.orTimeout(this.limitMillis, TimeUnit.MILLISECONDS)
			.whenComplete((done, failure) -> {
				synchronized (this) {
					this.idle.add(link);
				}
				for (Unconfirmed each : batch) {
					each.refusal().complete("it is not known whether the replicas have it: " + failure);
				}
				confirmNext();
			});
	}

	private CompletableFuture<Void> tryToConfirm(List<Unconfirmed> batch,
			@Nullable StatefulRedisConnection<String, String> connection) {
		try {
			return confirm(batch, connection);
		}
		catch (RuntimeException | Error failure) {
			return CompletableFuture.failedFuture(failure);
		}
	}

	private CompletableFuture<Void> confirm(List<Unconfirmed> batch,
			@Nullable StatefulRedisConnection<String, String> connection) {
		if (connection == null || !connection.isOpen()) {
			return CompletableFuture.failedFuture(new IllegalStateException("there is no connection to ask on"));
		}
		RedisAsyncCommands<String, String> redis = connection.async();
		RenewCommand renew = new RenewCommand(this.keys, batch.stream().map(Unconfirmed::grant).toList());
		CompletableFuture<List<RenewVerdict>> verdicts = renew.run(redis);
		CompletableFuture<Long> acks = redis
			.waitForReplication(this.settings.minAcks(), this.settings.ackTimeout().toMillis())
			.toCompletableFuture();
		return verdicts.thenAcceptBoth(acks, (each, count) -> {
			for (int i = 0; i < batch.size(); i++) {
				batch.get(i).refusal().complete(refusal(each.get(i), count));
			}
		});
	}

	private @Nullable String refusal(RenewVerdict verdict, long acks) {
		if (!(verdict instanceof RenewVerdict.Renewed)) {
			return "it was granted, but not kept until the replicas were asked: " + verdict;
		}
		return (acks >= this.settings.minAcks()) ? null
				: "it was granted, but within %d ms %d of the %d replicas that dlock.replicas.min-acks demands have it"
					.formatted(this.settings.ackTimeout().toMillis(), acks, this.settings.minAcks());
	}

	/**
	 * Closes the connections.
	 * @return completes when that is done
	 */
	CompletableFuture<Void> close() {
		return CompletableFuture.allOf(this.links.stream().map(Link::close).toArray(CompletableFuture[]::new));
	}

	/**
	 * A grant for which the replicas have not been asked.
	 *
	 * @param grant the grant
	 * @param refusal becomes null, or why the grant cannot be relied on
	 */
	private record Unconfirmed(RenewRequest grant, CompletableFuture<@Nullable String> refusal) {
	}

}
