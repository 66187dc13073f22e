package io.dlock.benchmarks;

import java.nio.file.Path;

/**
 * Something that is done with locks, by several contestants in turn.
 */
interface Scenario {

	/** A short name, for the command line and for files. */
	String name();

	/** What is done, for people. */
	String title();

	/**
	 * Plays it.
	 * @param program the redis-server
	 * @param folder for files
	 * @param effort how often and how long
	 * @param results takes what was measured
	 */
	void play(Path program, Path folder, Effort effort, Results results) throws Exception;

}
