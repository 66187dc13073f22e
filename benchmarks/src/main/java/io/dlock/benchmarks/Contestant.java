package io.dlock.benchmarks;

/**
 * A lock on Redis that takes part, as its users have it: one client in one process.
 */
interface Contestant extends Participant {

	/**
	 * Waits for a lock, where the contestant can wait, and fails where it cannot.
	 */
	void lock(String key) throws Exception;

	/**
	 * Gives back what the same thread has locked.
	 */
	void unlock(String key) throws Exception;

}
