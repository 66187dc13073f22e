package io.dlock.benchmarks;

import java.util.concurrent.CompletionStage;

/**
 * A lock on Redis that takes part, as its users have it: one client in one process.
 */
interface Contestant extends AutoCloseable {

	/**
	 * Waits for a lock, where the contestant can wait, and fails where it cannot.
	 */
	void lock(String key) throws Exception;

	/**
	 * Gives back what the same thread has locked.
	 */
	void unlock(String key) throws Exception;

	/**
	 * Takes a lock and keeps it for as long as the process lives.
	 */
	default CompletionStage<?> keep(String key) {
		throw new UnsupportedOperationException("Locks are not kept alive here");
	}

	@Override
	default void close() {
	}

}
