package io.dlock.benchmarks;

import java.time.Duration;

/**
 * How much is done.
 *
 * @param rounds how often each contestant has its turn
 * @param turn how long a turn takes
 */
record Effort(int rounds, Duration turn) {

	/**
	 * How long to warm up.
	 * @param fresh whether there are processes that have done nothing before
	 */
	Duration warmUp(boolean fresh) {
		return this.turn.multipliedBy(fresh ? 6 : 3);
	}

	Duration counting() {
		return this.turn.dividedBy(3);
	}

}
