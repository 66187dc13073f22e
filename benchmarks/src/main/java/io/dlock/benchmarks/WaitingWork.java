package io.dlock.benchmarks;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/**
 * Threads that wait for one lock, from the first turn on, until they get it. What is told
 * is when the first one got it, by the machine's clock: Redis' expiry times are in its
 * terms.
 */
final class WaitingWork implements Work {

	private final Contestant contestant;

	private final int number;

	private final String key;

	private final AtomicReference<@Nullable Instant> served = new AtomicReference<>();

	private boolean waiting;

	WaitingWork(Contestant contestant, int number, String key) {
		this.contestant = contestant;
		this.number = number;
		this.key = key;
	}

	@Override
	public Figures run(Turn turn) throws Exception {
		if (!this.waiting) {
			this.waiting = true;
			for (int i = 0; i < this.number; i++) {
				Threads.PLATFORM.start(this::awaitLock);
			}
		}
		while (!turn.isOver()) {
			TimeUnit.MILLISECONDS.sleep(1);
		}
		Instant at = this.served.get();
		Figures figures = new Figures();
		return (at != null) ? figures.with(Metric.PAST_EXPIRY, epochMillis(at)) : figures;
	}

	private void awaitLock() {
		try {
			this.contestant.lock(this.key);
			this.served.compareAndSet(null, Instant.now());
			this.contestant.unlock(this.key);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static double epochMillis(Instant at) {
		return ChronoUnit.MICROS.between(Instant.EPOCH, at) / 1e3;
	}

}
