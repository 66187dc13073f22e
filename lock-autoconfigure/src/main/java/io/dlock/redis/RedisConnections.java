package io.dlock.redis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import io.dlock.core.RenewRequest;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulRedisConnection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * The connections of a session: one for commands, one for grants, and some to ask
 * replicas on. They are made on a thread of their own, which ends when all are there; and
 * made anew, all of them, when the one for commands is lost, or another server becomes
 * the master. One of the others that is lost alone, the client makes again.
 * <p>
 * The client could bring back the one for commands as well: but to wherever its address
 * leads by then, while the others stay with the server of before, or half-open. And it
 * would try a password that has become wrong five times a second, and tell nobody.
 */
final class RedisConnections implements RedisConnectionStateListener, AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(RedisConnections.class);

	private static final int RETRY_MILLIS = 200;

	private static final int LONGEST_RETRY_MILLIS = 30_000;

	private static final int CLOSE_MILLIS = 500;

	private static final Executor NEXT_TRY = CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS,
			Runnable::run);

	/** A replica does not become a master by being asked more often. */
	private static final long REPLICA_LEAVE_NANOS = 1_000_000_000;

	private final String store;

	private final ConnectionReport report;

	private final ThreadFactory threads;

	private final Gateway gateway;

	private final Link<StatefulRedisConnection<String, String>> commands = new Link<>();

	private final GrantChannel grants;

	private final ReplicaAcks acks;

	private final CountDownLatch closed = new CountDownLatch(1);

	private final AtomicBoolean connecting = new AtomicBoolean();

	/** When connections were last left because the server is a replica. */
	private final AtomicLong leftReplicaAt = new AtomicLong(System.nanoTime() - REPLICA_LEAVE_NANOS);

	/**
	 * Connects to nothing yet.
	 * @param factory how Redis is reached
	 * @param settings what it is called
	 * @param instanceId whose channel to listen on
	 * @param granted is told of grants
	 * @param report is told whether commands can be sent
	 * @param threads makes the threads to connect on
	 */
	RedisConnections(LettuceConnectionFactory factory, RedisStoreSettings settings, String instanceId,
			Consumer<RenewRequest> granted, ConnectionReport report, ThreadFactory threads) {
		this.store = settings.description();
		this.report = report;
		this.threads = threads;
		this.gateway = new Gateway(factory, this.store, this::leave);
		this.acks = new ReplicaAcks(settings, factory.getClientConfiguration().getCommandTimeout());
		// While the channel was away, whoever waits here was passed over: ask again.
		this.grants = new GrantChannel(settings, instanceId, granted, () -> report.connected(this.commands::isOpen));
	}

	void open() {
		this.gateway.open();
		connectInBackground();
	}

	/** The connection for commands, or null while there is none. */
	@Nullable StatefulRedisConnection<String, String> commands() {
		return this.commands.isOpen() ? this.commands.connection() : null;
	}

	GrantChannel grants() {
		return this.grants;
	}

	ReplicaAcks acks() {
		return this.acks;
	}

	/**
	 * A thread that connects, and ends then. It has no thread locals of whoever starts
	 * the store: the client's threads, which it starts, would have them until the end.
	 */
	static Thread thread(Runnable work) {
		Thread thread = new Thread(null, work, "dlock-connect", 0, false);
		thread.setDaemon(true);
		thread.setContextClassLoader(RedisConnections.class.getClassLoader());
		return thread;
	}

	/**
	 * Sees to it that a thread makes what connections are missing, even if the machine
	 * has none left at the moment.
	 */
	private void connectInBackground() {
		if (isClosed() || isComplete() || !this.connecting.compareAndSet(false, true)) {
			return;
		}
		try {
			this.threads.newThread(this::connect).start();
		}
		catch (OutOfMemoryError noThread) {
			this.connecting.set(false);
			this.report.disconnected(new RedisConnectionException("there is no thread to connect on", noThread));
			NEXT_TRY.execute(this::connectInBackground);
		}
	}

	/** Another server is the master. */
	private void leave() {
		leave("another server is the master now");
	}

	/**
	 * Leaves the connections of now, and makes others. What is under way on them has an
	 * unknown outcome.
	 */
	private void leave(String why) {
		boolean connected = this.commands.isDone();
		this.grants.leave();
		this.acks.leave();
		this.commands.leave();
		if (connected && !isClosed()) {
			RedisConnectionException left = new RedisConnectionException(why);
			left.setStackTrace(new StackTraceElement[0]); // it says nothing
			this.report.disconnected(left, this.commands::isOpen);
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
			while (!isClosed() && !tryToConnectAll()) {
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
	 * Whatever goes wrong is said, and tried again after a pause: also an Error, as of
	 * classes that do not go together, which this thread is the first to load.
	 */
	private boolean tryToConnectAll() throws InterruptedException {
		try {
			return connectAll();
		}
		catch (RuntimeException | Error failure) {
			this.report.disconnected(failure, this.commands::isOpen);
			return false;
		}
	}

	/**
	 * Makes what is missing to the server that is the master now. If that has changed
	 * meanwhile, it was in vain.
	 */
	private boolean connectAll() throws InterruptedException {
		MasterReport server = this.gateway.awaitServer();
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
			if (!made.isOpen()) {
				lost(made); // perhaps before anybody listened
			}
		}
	}

	private boolean isClosed() {
		return this.closed.getCount() == 0;
	}

	@Override
	public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
		lost(connection);
	}

	private void lost(Object connection) {
		if (!isClosed() && this.commands.isCurrent(connection)) {
			leave("the connection to " + this.store + " is lost");
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
