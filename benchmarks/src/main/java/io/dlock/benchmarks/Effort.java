package io.dlock.benchmarks;

import java.time.Duration;

/**
 * How much is done.
 *
 * @param rounds how often each contestant has its turn
 * @param turn how long a turn takes
 */
record Effort(int rounds, Duration turn) {

	Duration warmUp() {
		return this.turn.multipliedBy(4);
	}

	Duration counting() {
		return this.turn.dividedBy(3);
	}

}
