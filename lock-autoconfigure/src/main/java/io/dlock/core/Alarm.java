package io.dlock.core;

/**
 * Runs short tasks later, on a thread of dlock's: the seam between the core and time. The
 * tasks neither block nor throw.
 */
public interface Alarm extends AutoCloseable {

	/**
	 * Runs a task once.
	 * @param delayNanos after how many nanoseconds; zero or less is at once
	 * @param task what to do
	 * @return to call it off
	 */
	Cancellation after(long delayNanos, Runnable task);

	/**
	 * Calls off everything, for ever.
	 */
	@Override
	void close();

	/**
	 * Calls off a task that has not begun.
	 */
	@FunctionalInterface
	interface Cancellation {

		/**
		 * Does nothing when the task has begun, or was called off before.
		 */
		void cancel();

	}

}
