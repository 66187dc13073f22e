package io.dlock.redis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulConnection;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is made without waiting, given up when it is lost or dropped, and
 * made anew when somebody asks for it the next time.
 *
 * @param <C> what kind of connection
 */
final class BriefLink<C extends StatefulConnection<String, String>> {

	private final Supplier<? extends CompletionStage<C>> attempt;

	/** Guarded by this. */
	private @Nullable CompletableFuture<C> connection;

	/** Guarded by this. */
	private boolean closed;

	BriefLink(Supplier<? extends CompletionStage<C>> attempt) {
		this.attempt = attempt;
	}

	/**
	 * The connection of now, or a new one.
	 * @return fails when it cannot be made
	 */
	synchronized CompletableFuture<C> get() {
		if (this.closed) {
			return CompletableFuture.failedFuture(new IllegalStateException("The connection is closed"));
		}
		if (this.connection == null || this.connection.isCompletedExceptionally()) {
			CompletableFuture<C> made = begin();
			this.connection = made;
			CompletableFuture<Void> unused = made
				.thenAccept((opened) -> opened.addListener(new RedisConnectionStateListener() {

					@Override
					public void onRedisDisconnected(RedisChannelHandler<?, ?> lost) {
						dropUnlessDropped(made);
					}

				}));
		}
		return this.connection;
	}

	private CompletableFuture<C> begin() {
		try {
			return this.attempt.get().toCompletableFuture();
		}
		catch (RuntimeException | Error ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private synchronized void dropUnlessDropped(CompletableFuture<C> made) {
		if (this.connection == made) {
			CompletableFuture<Void> unused = drop(made);
		}
	}

	/**
	 * Gives a connection up that {@link #get} has brought, also one that is still being
	 * made.
	 * @return completes when that is done
	 */
	synchronized CompletableFuture<Void> drop(CompletableFuture<C> made) {
		if (this.connection == made) {
			this.connection = null;
		}
		return made.thenCompose(StatefulConnection::closeAsync).exceptionally((failure) -> null);
	}

	/**
	 * Gives the connection up, and makes none any more.
	 * @return completes when that is done
	 */
	synchronized CompletableFuture<Void> close() {
		this.closed = true;
		return (this.connection != null) ? drop(this.connection) : CompletableFuture.completedFuture(null);
	}

}
