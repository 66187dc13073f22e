package io.dlock.benchmarks;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

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
		AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
		List<Thread> running = new ArrayList<>();
		List<HoldLog> logs = new ArrayList<>();
		for (int i = 0; i < this.number; i++) {
			String mine = this.ownKeys ? this.key + ":" + i : this.key;
			HoldLog log = new HoldLog();
			logs.add(log);
			running.add(this.threads.start(() -> {
				try {
					contend(turn, mine, log);
				}
				catch (Exception ex) {
					failure.set(ex);
				}
			}));
		}
		for (Thread thread : running) {
			thread.join();
		}
		Exception failed = failure.get();
		if (failed != null) {
			throw failed;
		}
		write(turn, logs);
		return new Figures();
	}

	private void contend(Turn turn, String mine, HoldLog log) throws Exception {
		turn.awaitStart();
		while (!turn.isOver()) {
			long asked = System.nanoTime();
			this.contestant.lock(mine);
			long begun = System.nanoTime();
			long ended = System.nanoTime();
			this.contestant.unlock(mine);
			log.add(asked, begun, ended, System.nanoTime());
		}
	}

	private static void write(Turn turn, List<HoldLog> logs) throws IOException {
		try (FileChannel file = FileChannel.open(turn.record(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
			for (HoldLog log : logs) {
				log.write(file);
			}
		}
	}

}
