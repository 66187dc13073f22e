package io.dlock.benchmarks;

import java.util.concurrent.TimeUnit;

/**
 * Takes one lock in its first turn, and keeps it as long as the process lives.
 */
final class HoldingWork implements Work {

	private final Contestant contestant;

	private final String key;

	private boolean holds;

	HoldingWork(Contestant contestant, String key) {
		this.contestant = contestant;
		this.key = key;
	}

	@Override
	public Figures run(Turn turn) throws Exception {
		if (!this.holds) {
			this.contestant.lock(this.key);
			this.holds = true;
		}
		while (!turn.isOver()) {
			TimeUnit.MILLISECONDS.sleep(10);
		}
		return new Figures();
	}

}
