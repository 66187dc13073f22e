package io.dlock.redis;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import io.dlock.core.PushedGrant;
import io.dlock.core.RenewRequest;
import io.dlock.core.StoreListener;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulRedisConnection;
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

	/** A replica does not become a master by being asked more often. */
	private static final long REPLICA_LEAVE_NANOS = 1_000_000_000;

	private final Gateway gateway;

	private final String store;

	private final Duration timeout;

	/** Whether the client itself gives up a command that is not answered in time. */
	private final boolean clientGivesUp;

	private final ConnectionReport report;

	private final Link<StatefulRedisConnection<String, String>> commands = new Link<>();

	private final GrantChannel grants;

	private final ReplicaAcks acks;

	private final StoreListener listener;

	private final CountDownLatch closed = new CountDownLatch(1);

	private final AtomicBoolean connecting = new AtomicBoolean();

	/** When connections were last left because the server is a replica. */
	private final AtomicLong leftReplicaAt = new AtomicLong(System.nanoTime() - REPLICA_LEAVE_NANOS);

	RedisSession(LettuceConnectionFactory factory, RedisStoreSettings settings, String instanceId,
			StoreListener listener) {
		this.gateway = new Gateway(factory, settings.description(), this::leave);
		this.store = settings.description();
		this.timeout = factory.getClientConfiguration().getCommandTimeout();
		this.clientGivesUp = factory.getClientConfiguration()
			.getClientOptions()
			.map((options) -> options.getTimeoutOptions().isTimeoutCommands())
			.orElse(false);
		this.report = new ConnectionReport(this.store, listener);
		// While the channel was away, whoever waits here was passed over: ask again.
		this.listener = listener;
		this.acks = new ReplicaAcks(settings, this.timeout);
		this.grants = new GrantChannel(settings, instanceId, this::granted,
				() -> this.report.connected(this.commands::isOpen));
	}

	void open() {
		this.gateway.open();
		connectInBackground();
	}

	/**
	 * Sees to it that a thread makes what connections are missing.
	 */
	private void connectInBackground() {
		if (isClosed() || isComplete() || !this.connecting.compareAndSet(false, true)) {
			return;
		}
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
	 * Runs a script if there is a connection, and fails at once if not. There is a time
	 * limit whether or not the client has one, but not two: each costs a timer for every
	 * command.
	 */
	CompletableFuture<List<Object>> run(LockScript script, String[] keys, String... arguments) {
		StatefulRedisConnection<String, String> connection = this.commands.connection();
		if (connection == null || !connection.isOpen()) {
			return CompletableFuture.failedFuture(this.report.notSent());
		}
		CompletableFuture<List<Object>> reply = script.run(connection.async(), keys, arguments);
		return (this.clientGivesUp ? reply : reply.orTimeout(this.timeout.toMillis(), TimeUnit.MILLISECONDS))
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
		if (failure instanceof TimeoutException || failure instanceof RedisCommandTimeoutException) {
			return new RedisCommandTimeoutException(
					this.store + " has not answered within " + this.timeout.toMillis() + " ms");
		}
		if (Refusals.isFromReplica(failure)) {
			leaveReplica();
		}
		return this.report.translate(Refusals.explain(failure));
	}

	/**
	 * Leaves the connections of now, and makes others: another server is the master. What
	 * is under way on them has an unknown outcome.
	 */
	private void leave() {
		boolean connected = this.commands.isDone();
		this.grants.leave();
		this.acks.leave();
		this.commands.leave();
		if (connected && !isClosed()) {
			this.report.disconnected(new RedisConnectionException("another server is the master now"));
		}
		connectInBackground();
	}

	/**
	 * The server takes no writes. Where its address stands for whatever server is the
	 * master, new connections lead to that.
	 */
	void leaveReplica() {
		long now = System.nanoTime();
		long before = this.leftReplicaAt.get();
		if (now - before >= REPLICA_LEAVE_NANOS && this.leftReplicaAt.compareAndSet(before, now)
				&& this.gateway.isDoubted()) {
			leave();
		}
	}

	private boolean isComplete() {
		return this.grants.isConnected() && this.acks.isConnected() && this.commands.isDone();
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
		finally {
			this.connecting.set(false);
			connectInBackground();
		}
	}

	/**
	 * Makes what is missing to the server that is the master now. If that has changed
	 * meanwhile, it was in vain.
	 */
	private boolean connectAll() throws InterruptedException {
		MasterReport server;
		try {
			server = this.gateway.awaitServer();
		}
		catch (RedisConnectionException ex) {
			this.report.disconnected(ex);
			return false;
		}
		boolean complete = connectTo(server);
		if (!this.gateway.leadsTo(server)) {
			leave();
			return false;
		}
		return complete;
	}

	/**
	 * The channel comes first, so that the first requests that wait find it listening.
	 * Where a password is wrong, it is tried only once.
	 */
	private boolean connectTo(@Nullable MasterReport server) {
		boolean reachable = this.commands.isOpen();
		RuntimeException grantsFailure = attempt(() -> this.grants.connect(() -> this.gateway.connectPubSub(server)));
		if (!reachable && grantsFailure != null && Refusals.isDenial(grantsFailure)) {
			this.report.disconnected(grantsFailure);
			return false;
		}
		RuntimeException acksFailure = attempt(() -> this.acks.connect(() -> this.gateway.connect(server)));
		RuntimeException failure = attempt(() -> connectCommands(server));
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

	private void connectCommands(@Nullable MasterReport server) {
		StatefulRedisConnection<String, String> made = this.commands.connect(() -> this.gateway.connect(server));
		if (made != null) {
			made.addListener(this);
			this.report.connected(made::isOpen);
		}
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
		if (!this.commands.isCurrent(connection)) {
			return;
		}
		this.report.connected(this.commands::isOpen);
		this.grants.subscribe();
	}

	@Override
	public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
		if (!isClosed() && this.commands.isCurrent(connection)) {
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
		CompletableFuture<Void> done = CompletableFuture.allOf(this.gateway.close(), this.grants.close(),
				this.acks.close(), this.commands.close());
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
