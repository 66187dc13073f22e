package io.dlock.redis;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.dlock.core.PushedGrant;
import io.dlock.core.RenewRequest;
import io.dlock.core.StoreListener;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * The connections of a store from its start to its stop: one for commands, one for
 * grants. They are made on a thread of the session's own, which ends when it has both.
 */
final class RedisSession implements RedisConnectionStateListener, AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(RedisSession.class);

	private static final int RETRY_MILLIS = 200;

	private static final int LONGEST_RETRY_MILLIS = 30_000;

	private static final int CLOSE_MILLIS = 500;

	private final LettuceConnectionFactory factory;

	private final String store;

	private final Duration timeout;

	private final ConnectionReport report;

	private final Link<StatefulRedisConnection<String, String>> commands = new Link<>();

	private final GrantChannel grants;

	private final ReplicaAcks acks;

	private final StoreListener listener;

	private final CountDownLatch closed = new CountDownLatch(1);

	RedisSession(LettuceConnectionFactory factory, RedisStoreSettings settings, String instanceId,
			StoreListener listener) {
		this.factory = factory;
		this.store = settings.description();
		this.timeout = factory.getClientConfiguration().getCommandTimeout();
		this.report = new ConnectionReport(this.store, listener);
		// While the channel was away, whoever waits here was passed over: ask again.
		this.listener = listener;
		this.acks = new ReplicaAcks(settings);
		this.grants = new GrantChannel(settings, instanceId, this::granted,
				() -> this.report.connected(this.commands::isOpen));
	}

	void open() {
		Thread thread = new Thread(this::connect, "dlock-connect");
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * Whether a request that waits will be told of its grant.
	 */
	boolean isListening() {
		return this.grants.isListening();
	}

	/**
	 * Runs a script if there is a connection, and fails at once if not. The time limit
	 * holds whether or not the client has one too.
	 */
	CompletableFuture<List<Object>> run(LockScript script, String[] keys, String... arguments) {
		StatefulRedisConnection<String, String> connection = this.commands.connection();
		if (connection == null || !connection.isOpen()) {
			return CompletableFuture.failedFuture(this.report.notSent());
		}
		return script.run(connection.async(), keys, arguments)
			.orTimeout(this.timeout.toMillis(), TimeUnit.MILLISECONDS)
			.exceptionallyCompose((failure) -> CompletableFuture.failedFuture(translate(Answers.unwrap(failure))));
	}

	/**
	 * Asks the replicas for a grant, where that is demanded.
	 * @return null when the grant can be used, otherwise why not
	 */
	CompletableFuture<@Nullable String> confirm(RenewRequest grant) {
		return this.acks.confirm(grant);
	}

	private void granted(RenewRequest grant) {
		PushedGrant pushed = new PushedGrant(grant.id(), grant.firstToken(), grant.tokens());
		if (!this.acks.isDemanded()) {
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
		if (failure instanceof TimeoutException) {
			return new RedisCommandTimeoutException(
					this.store + " has not answered within " + this.timeout.toMillis() + " ms");
		}
		return this.report.translate(Refusals.explain(failure));
	}

	private void connect() {
		long pause = RETRY_MILLIS;
		try {
			while (!isClosed() && !connectAll()) {
				this.closed.await(pause, TimeUnit.MILLISECONDS);
				pause = this.report.isDenied() ? Math.min(2 * pause, LONGEST_RETRY_MILLIS) : RETRY_MILLIS;
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * The channel comes first, so that the first requests that wait find it listening.
	 * Where a password is wrong, it is tried only once.
	 */
	private boolean connectAll() {
		boolean reachable = this.commands.isOpen();
		RuntimeException grantsFailure = attempt(() -> this.grants.connect(client()));
		if (!reachable && grantsFailure != null && Refusals.isDenial(grantsFailure)) {
			this.report.disconnected(grantsFailure);
			return false;
		}
		RuntimeException acksFailure = attempt(() -> this.acks.connect(client()));
		RuntimeException failure = attempt(this::connectCommands);
		if (failure != null) {
			this.report.disconnected(failure);
		}
		else if (grantsFailure != null && reachable) {
			this.grants.refused(grantsFailure);
		}
		return failure == null && grantsFailure == null && acksFailure == null;
	}

	private static @Nullable RuntimeException attempt(Runnable connect) {
		try {
			connect.run();
			return null;
		}
		catch (RuntimeException ex) {
			return ex;
		}
	}

	private void connectCommands() {
		StatefulRedisConnection<String, String> made = this.commands.connect(() -> client().connect(StringCodec.UTF8));
		if (made != null) {
			made.addListener(this);
			this.report.connected(made::isOpen);
		}
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

	private boolean isClosed() {
		return this.closed.getCount() == 0;
	}

	/**
	 * What has broken the connection for commands may have left the other one half-open:
	 * Redis would pass over whoever waits here.
	 */
	@Override
	public void onRedisConnected(RedisChannelHandler<?, ?> connection, SocketAddress address) {
		this.report.connected(this.commands::isOpen);
		this.grants.subscribe();
	}

	@Override
	public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
		if (!isClosed()) {
			RedisConnectionException lost = new RedisConnectionException(
					"the connection to " + this.store + " is lost");
			lost.setStackTrace(new StackTraceElement[0]); // of an I/O thread: it says
															// nothing
			this.report.disconnected(lost);
		}
	}

	/**
	 * Closes the connections, and waits for it a little: a factory that is stopped before
	 * that closes them once more, with a warning.
	 */
	@Override
	public void close() {
		this.closed.countDown();
		CompletableFuture<Void> done = CompletableFuture.allOf(this.grants.close(), this.acks.close(),
				this.commands.close());
		try {
			done.get(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | TimeoutException ex) {
			logger.debug("{}: a connection was not closed in time", this.store, ex);
		}
	}

}
