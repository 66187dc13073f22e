package io.dlock;

import org.jspecify.annotations.Nullable;

/**
 * Something that kept dlock from doing what it was asked to do. Nothing is held because
 * of the call that throws it.
 */
public class LockException extends RuntimeException {

	public LockException(String message) {
		super(message);
	}

	public LockException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
