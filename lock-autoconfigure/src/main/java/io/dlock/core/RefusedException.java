package io.dlock.core;

/**
 * The store has answered, and says why it does not do now what it was asked to do.
 */
public final class RefusedException extends RuntimeException {

	public RefusedException(String message) {
		super(message);
	}

}
