package io.dlock.benchmarks;

/**
 * What a worker process does in its turns.
 */
interface Work {

	/**
	 * Works for the time of a turn.
	 * @param turn when and how long
	 * @return what only this process can measure
	 */
	Figures run(Turn turn) throws Exception;

}
