package io.dlock.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Many threads of which each wants the same lock once, all at the same time.
 */
final class CrowdWork implements Work {

	private final Contestant contestant;

	private final Threads threads;

	private final int number;

	private final String key;

	CrowdWork(Contestant contestant, Threads threads, int number, String key) {
		this.contestant = contestant;
		this.threads = threads;
		this.number = number;
		this.key = key;
	}

	@Override
	public Figures run(Turn turn) throws Exception {
		AtomicInteger served = new AtomicInteger();
		List<HoldLog> logs = new ArrayList<>();
		List<Thread> running = new ArrayList<>();
		for (int i = 0; i < this.number; i++) {
			HoldLog log = new HoldLog(1);
			logs.add(log);
			running.add(this.threads.start(() -> {
				turn.awaitStart();
				log.hold(this.contestant, this.key);
				served.incrementAndGet();
			}));
		}
		for (Thread thread : running) {
			thread.join();
		}
		HoldLog.write(turn, logs);
		return new Figures().with(Metric.SERVED, served.get());
	}

}
