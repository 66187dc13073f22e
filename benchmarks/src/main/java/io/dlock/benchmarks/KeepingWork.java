package io.dlock.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Many locks that are taken once and kept alive. In its first turn it takes them; in the
 * later ones it does nothing but look how that is going.
 */
final class KeepingWork implements Work {

	private static final int AT_A_TIME = 100;

	private final KeepingContestant contestant;

	private final int number;

	private final String key;

	/** So that nothing is given back because nobody refers to it. */
	private final List<Object> kept = new ArrayList<>();

	private double bytesPerLease;

	KeepingWork(KeepingContestant contestant, int number, String key) {
		this.contestant = contestant;
		this.number = number;
		this.key = key;
	}

	@Override
	public Figures run(Turn turn) throws Exception {
		turn.awaitStart();
		if (this.kept.isEmpty()) {
			double before = Worker.heapMegabytes();
			takeAll();
			this.bytesPerLease = (Worker.heapMegabytes() - before) * 1_000_000 / this.number;
		}
		while (!turn.isOver()) {
			TimeUnit.MILLISECONDS.sleep(10);
		}
		return new Figures().with(Metric.OPERATIONS, this.number).with(Metric.BYTES_PER_LEASE, this.bytesPerLease);
	}

	private void takeAll() {
		for (int i = 0; i < this.number; i += AT_A_TIME) {
			List<CompletableFuture<?>> asked = new ArrayList<>();
			for (int j = i; j < Math.min(this.number, i + AT_A_TIME); j++) {
				CompletionStage<?> lock = this.contestant.keep(this.key + ":" + j);
				asked.add(lock.toCompletableFuture());
			}
			asked.forEach(CompletableFuture::join);
			this.kept.addAll(asked);
		}
	}

}
