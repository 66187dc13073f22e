package io.dlock;

/**
 * The application stops, or its registry is not started: no lock can be taken any more.
 */
public class LockRegistryClosedException extends LockException {

	public LockRegistryClosedException(String message) {
		super(message);
	}

}
