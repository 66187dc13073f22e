package io.dlock.benchmarks;

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
	 * @param theatre where
	 * @param effort how often and how long
	 * @param results takes what was measured
	 */
	void play(Theatre theatre, Effort effort, Results results) throws Exception;

}
