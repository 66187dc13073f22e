package io.dlock.core;

import org.jspecify.annotations.Nullable;

/**
 * A command that was never sent to the store, because there is no connection. Every other
 * failure of a {@link LockStore} leaves open whether the command was, or will be,
 * executed.
 */
public class NotSentException extends RuntimeException {

	public NotSentException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
