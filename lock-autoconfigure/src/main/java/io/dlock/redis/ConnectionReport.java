package io.dlock.redis;

import java.util.Objects;
import java.util.function.BooleanSupplier;

import io.dlock.core.DeniedException;
import io.dlock.core.NotSentException;
import io.dlock.core.StoreListener;
import io.lettuce.core.RedisException;
import org.jspecify.annotations.Nullable;

/**
 * Tells the listener of a store whether commands can be sent: in the order in which it
 * happens, and an outage once for each cause.
 * <p>
 * The listener is called under this object's monitor, which guards nothing but that
 * order; it does not block.
 */
final class ConnectionReport {

	private final String store;

	private final StoreListener listener;

	/** Guarded by the monitor. */
	private boolean connected;

	/** Why there is no connection. Written under the monitor. */
	private volatile @Nullable Throwable cause;

	ConnectionReport(String store, StoreListener listener) {
		this.store = store;
		this.listener = listener;
	}

	/**
	 * Commands can be sent, for the first time or again, if that is still so.
	 */
	synchronized void connected(BooleanSupplier open) {
		if (open.getAsBoolean()) {
			this.connected = true;
			this.cause = null;
			this.listener.connected();
		}
	}

	/**
	 * Commands cannot be sent any more, if that is still so.
	 */
	synchronized void disconnected(Throwable failure, BooleanSupplier open) {
		if (!open.getAsBoolean()) {
			disconnected(failure);
		}
	}

	synchronized void disconnected(Throwable failure) {
		Throwable explained = Refusals.explain(failure);
		boolean news = this.connected || !isKnown(explained);
		this.connected = false;
		this.cause = explained;
		if (news) {
			this.listener.disconnected(explained);
		}
	}

	/**
	 * Whether Redis does not let us in.
	 */
	boolean isDenied() {
		Throwable current = this.cause;
		return current != null && Refusals.isDenial(current);
	}

	/**
	 * The failure of a command that was not sent, for want of a connection.
	 */
	NotSentException notSent() {
		Throwable current = this.cause;
		String why = (current != null) ? current.getMessage() : "there is no connection";
		String message = this.store + " was not asked: " + why;
		return isDenied() ? new DeniedException(message, current) : new NotSentException(message, current);
	}

	/**
	 * What is said of a command that failed: the failure itself, unless it means that the
	 * command was never sent. Lettuce has no type for that, only these words; should they
	 * change, the outcome counts as unknown, which is safe.
	 */
	Throwable translate(Throwable failure) {
		boolean rejected = failure.getClass() == RedisException.class && failure.getMessage() != null
				&& (failure.getMessage().startsWith("Currently not connected")
						|| failure.getMessage().equals("Connection is closed"));
		return rejected ? notSent() : failure;
	}

	private boolean isKnown(Throwable cause) {
		Throwable known = this.cause;
		return known != null && known.getClass() == cause.getClass()
				&& Objects.equals(known.getMessage(), cause.getMessage());
	}

}
