package io.dlock.job;

import org.jspecify.annotations.Nullable;

/**
 * How the calls of a job name their lock.
 */
@FunctionalInterface
interface JobKey {

	/**
	 * Names the lock of one call.
	 * @param arguments what the method is called with
	 * @return the lock's name
	 */
	String of(@Nullable Object[] arguments);

}
