package io.dlock.job;

/**
 * For how long an instance keeps the lock of a {@link SingletonJob}.
 */
public enum JobMode {

	/**
	 * For one run: the next one may be on any instance.
	 */
	EACH_RUN,

	/**
	 * From run to run: the first instance that runs the job goes on to run it, until it
	 * stops or loses the lock. Then the next instance whose schedule comes round takes
	 * over.
	 */
	LEADER

}
