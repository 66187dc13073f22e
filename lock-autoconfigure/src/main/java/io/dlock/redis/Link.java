package io.dlock.redis;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import io.lettuce.core.api.StatefulConnection;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a session: made once, from then on made again by Lettuce whenever it
 * is lost, and closed for ever.
 *
 * @param <C> what kind of connection
 */
final class Link<C extends StatefulConnection<String, String>> {

	/** Written once, under this object's monitor, and only while the link is open. */
	private volatile @Nullable C connection;

	/** Written under this object's monitor. */
	private volatile boolean closed;

	/**
	 * Connects, unless that has been done, or the link is closed.
	 * @param attempt blocks, and throws what went wrong
	 * @return the connection if it is new, otherwise null
	 */
	@Nullable C connect(Supplier<C> attempt) {
		if (this.connection != null || this.closed) {
			return null;
		}
		C made = attempt.get();
		synchronized (this) {
			if (!this.closed) {
				this.connection = made;
				return made;
			}
		}
		made.close();
		return null;
	}

	@Nullable C connection() {
		return this.connection;
	}

	boolean isOpen() {
		C current = this.connection;
		return current != null && current.isOpen();
	}

	/**
	 * Closes the connection, and makes none any more.
	 * @return completes when that is done
	 */
	CompletableFuture<Void> close() {
		C current;
		synchronized (this) {
			this.closed = true;
			current = this.connection;
		}
		return (current != null) ? current.closeAsync() : CompletableFuture.completedFuture(null);
	}

}
