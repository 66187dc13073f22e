package io.dlock;

/**
 * Why an attempt ended without the lock.
 */
public enum FailureCause {

	/**
	 * Somebody else has it, and the caller did not want to wait. For a leadership: it
	 * goes on listening.
	 */
	HELD,

	/**
	 * The time to wait was over.
	 */
	TIMED_OUT,

	/**
	 * The waiting thread was interrupted, or the future cancelled.
	 */
	INTERRUPTED,

	/**
	 * The lock store did not answer.
	 */
	UNAVAILABLE,

	/**
	 * The registry was closed.
	 */
	CLOSED,

	/**
	 * A job's run was taken by another instance already.
	 */
	ALREADY_RAN

}
