package io.dlock.benchmarks;

/**
 * What a process has opened to take part: a lock, or something that only starts.
 */
interface Participant extends AutoCloseable {

	@Override
	default void close() {
	}

}
