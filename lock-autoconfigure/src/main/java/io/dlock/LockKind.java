package io.dlock;

/**
 * What a lock is taken for.
 */
public enum LockKind {

	/**
	 * By hand, through a {@link DistributedLock}.
	 */
	LOCK,

	/**
	 * By a {@link Leadership}.
	 */
	LEADERSHIP,

	/**
	 * By a singleton job.
	 */
	JOB

}
