package io.dlock.core;

import org.jspecify.annotations.Nullable;

/**
 * A command that was never sent because the store does not let this instance in. Whoever
 * waits is told at once: time alone will not change it.
 */
public final class DeniedException extends NotSentException {

	public DeniedException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
