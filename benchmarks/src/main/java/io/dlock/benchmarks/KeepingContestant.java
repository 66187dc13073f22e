package io.dlock.benchmarks;

import java.util.concurrent.CompletionStage;

/**
 * A contestant that can keep many locks alive at a time.
 */
interface KeepingContestant extends Contestant {

	/**
	 * Takes a lock and keeps it for as long as the process lives.
	 */
	CompletionStage<?> keep(String key);

}
