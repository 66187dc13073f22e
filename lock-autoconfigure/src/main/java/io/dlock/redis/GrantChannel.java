package io.dlock.redis;

import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.dlock.KeyText;
import io.dlock.core.RenewRequest;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.RedisPubSubListener;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one channel on which an instance is told of grants for which it has waited. Only a
 * shortcut: without it the instance finds out at its next request.
 */
final class GrantChannel {

	private static final Logger logger = LoggerFactory.getLogger(GrantChannel.class);

	/**
	 * For so long, whoever waits takes it for granted that Redis still has the
	 * subscription: to ask each time would be one command more for every ask.
	 */
	private static final long TRUSTED_NANOS = 10_000_000_000L;

	private final RedisStoreSettings settings;

	private final String instanceId;

	private final LockKeys keys;

	private final String channel;

	private final Consumer<RenewRequest> granted;

	private final Runnable listeningAgain;

	private final Link<StatefulRedisPubSubConnection<String, String>> link = new Link<>();

	private final AtomicBoolean warned = new AtomicBoolean();

	/** When Redis was last asked for the subscription. */
	private final AtomicLong askedAt = new AtomicLong(System.nanoTime());

	/** Whether Redis has confirmed the subscription on the present connection. */
	private volatile boolean listening;

	/** Whether it ever has. Only the I/O thread of the connection of now uses it. */
	private volatile boolean listenedBefore;

	GrantChannel(RedisStoreSettings settings, String instanceId, Consumer<RenewRequest> granted,
			Runnable listeningAgain) {
		this.settings = settings;
		this.instanceId = instanceId;
		this.keys = new LockKeys(settings.keyPrefix());
		this.channel = this.keys.channels() + instanceId;
		this.granted = granted;
		this.listeningAgain = listeningAgain;
	}

	boolean isListening() {
		return this.listening;
	}

	/**
	 * Subscribes once more if that was long ago. A connection that has died without a
	 * word is idle, and goes on to look open: nobody would be told of grants, and Redis,
	 * which may have given it up, pass over whoever waits here.
	 */
	void check() {
		long before = this.askedAt.get();
		long now = System.nanoTime();
		if (now - before >= TRUSTED_NANOS && this.askedAt.compareAndSet(before, now)) {
			subscribe();
		}
	}

	/**
	 * Connects and subscribes, unless that has been done: then Lettuce keeps it up.
	 */
	void connect(Supplier<StatefulRedisPubSubConnection<String, String>> attempt) {
		StatefulRedisPubSubConnection<String, String> made = this.link.connect(attempt);
		if (made != null) {
			Listener listener = new Listener(made);
			made.addListener((RedisConnectionStateListener) listener);
			made.addListener((RedisPubSubListener<String, String>) listener);
			subscribe();
		}
	}

	/**
	 * Subscribes; at every connection anew, since Lettuce repeats only what was permitted
	 * before, and does not tell whether it still is. Once more on the same connection, it
	 * changes nothing, but shows whether there is still somebody at the other end: on
	 * this connection nothing else is ever sent.
	 */
	private void subscribe() {
		StatefulRedisPubSubConnection<String, String> current = this.link.connection();
		if (current == null) {
			return;
		}
		this.askedAt.set(System.nanoTime());
		current.async().subscribe(this.channel).exceptionally((failure) -> {
			if (failure instanceof RedisCommandExecutionException) {
				refused(failure);
			}
			else {
				logger.debug("Not subscribed to {}", this.channel, failure);
			}
			return null;
		});
	}

	/**
	 * There is no subscription although Redis can be reached: the locks that are waited
	 * for are polled.
	 */
	void refused(Throwable failure) {
		if (this.warned.compareAndSet(false, true)) {
			logger.warn("""
					{} does not let this instance listen on its channel {} ({}). It polls for the locks that it waits \
					for. With access control lists, the user needs +subscribe and &{}*""", this.settings.description(),
					this.channel, Refusals.explain(String.valueOf(failure.getMessage())), this.keys.channels());
		}
	}

	private void subscribed() {
		if (this.listening) {
			return;
		}
		this.listening = true;
		if (this.listenedBefore) {
			this.listeningAgain.run();
		}
		this.listenedBefore = true;
	}

	private void heard(String channel, String message) {
		RenewRequest grant = GrantMessage.parse(message, this.instanceId, this.keys);
		if (grant != null && channel.equals(this.channel)) {
			this.granted.accept(grant);
		}
		else {
			logger.debug("Dropped a message on channel {} that is no grant of this instance: {}", channel,
					KeyText.quoted(message));
		}
	}

	boolean isConnected() {
		return this.link.isDone();
	}

	/** Closes the connection, so that another can be made. */
	void leave() {
		this.listening = false;
		this.link.leave();
	}

	CompletableFuture<Void> close() {
		return this.link.close();
	}

	/**
	 * Listens to one connection, until that is left: what comes after that says nothing
	 * about the connection of now, and comes from a server that is not the master.
	 */
	private final class Listener extends RedisPubSubAdapter<String, String> implements RedisConnectionStateListener {

		private final Object connection;

		Listener(Object connection) {
			this.connection = connection;
		}

		private boolean isCurrent() {
			return GrantChannel.this.link.isCurrent(this.connection);
		}

		@Override
		public void subscribed(String channel, long count) {
			if (isCurrent()) {
				GrantChannel.this.subscribed();
			}
		}

		@Override
		public void message(String channel, String message) {
			if (isCurrent()) {
				heard(channel, message);
			}
		}

		@Override
		public void onRedisConnected(RedisChannelHandler<?, ?> made, SocketAddress address) {
			subscribe();
		}

		@Override
		public void onRedisDisconnected(RedisChannelHandler<?, ?> lost) {
			if (isCurrent()) {
				GrantChannel.this.listening = false;
			}
		}

	}

}
