package io.dlock.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * Threads that take a lock and give it back at once, again and again: all the same lock,
 * or each its own.
 */
final class ContendedWork implements Work {

	private final Contestant contestant;

	private final Threads threads;

	private final int number;

	private final boolean ownKeys;

	private final String key;

	ContendedWork(Contestant contestant, Threads threads, int number, boolean ownKeys, String key) {
		this.contestant = contestant;
		this.threads = threads;
		this.number = number;
		this.ownKeys = ownKeys;
		this.key = key;
	}

	@Override
	public Figures run(Turn turn) throws Exception {
		List<HoldLog> logs = new ArrayList<>();
		List<Thread> running = new ArrayList<>();
		for (int i = 0; i < this.number; i++) {
			String mine = this.ownKeys ? this.key + ":" + i : this.key;
			HoldLog log = new HoldLog(64);
			logs.add(log);
			running.add(this.threads.start(() -> {
				turn.awaitStart();
				while (!turn.isOver()) {
					log.hold(this.contestant, mine);
				}
			}));
		}
		for (Thread thread : running) {
			thread.join();
		}
		HoldLog.write(turn, logs);
		return new Figures();
	}

}
