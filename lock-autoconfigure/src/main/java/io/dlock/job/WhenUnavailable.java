package io.dlock.job;

/**
 * What a call of a {@link SingletonJob} does when the lock store does not answer, so that
 * nobody can say whether the job runs elsewhere. In each case there is a
 * {@code LockFailedEvent}.
 */
public enum WhenUnavailable {

	/**
	 * It throws {@link io.dlock.LockUnavailableException}, which Spring's scheduler logs
	 * each time.
	 */
	FAIL,

	/**
	 * It is skipped, with a warning in the log.
	 */
	SKIP,

	/**
	 * It runs without the lock, with a warning in the log; perhaps in several instances
	 * at once.
	 */
	RUN

}
