package io.dlock.redis;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import io.lettuce.core.api.StatefulConnection;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a session: made once, from then on made again by Lettuce whenever it
 * is lost; left when it may go to the wrong server, and then to be made anew; and closed
 * for ever.
 *
 * @param <C> what kind of connection
 */
final class Link<C extends StatefulConnection<String, String>> {

	/** Written under this object's monitor; a connection only while the link is open. */
	private volatile @Nullable C connection;

	/** Written under this object's monitor. */
	private volatile boolean closed;

	/**
	 * Connects, unless that has been done, or the link is closed.
	 * @param attempt blocks, and throws what went wrong
	 * @return the connection if it is new, otherwise null
	 */
	@Nullable C connect(Supplier<C> attempt) {
		if (isDone()) {
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

	/** Whether there is nothing to connect: it has been done, or the link is closed. */
	boolean isDone() {
		return this.connection != null || this.closed;
	}

	/** Whether this is the connection of now. */
	boolean isCurrent(Object connection) {
		return this.connection == connection;
	}

	boolean isOpen() {
		C current = this.connection;
		return current != null && current.isOpen();
	}

	/** Closes the connection. The next {@link #connect} makes another. */
	void leave() {
		CompletableFuture<Void> unused = close(take(false));
	}

	/**
	 * Closes the connection, and makes none any more.
	 * @return completes when that is done
	 */
	CompletableFuture<Void> close() {
		return close(take(true));
	}

	private synchronized @Nullable C take(boolean forEver) {
		C taken = this.connection;
		this.connection = null;
		this.closed |= forEver;
		return taken;
	}

	private CompletableFuture<Void> close(@Nullable C current) {
		return (current != null) ? current.closeAsync() : CompletableFuture.completedFuture(null);
	}

}
