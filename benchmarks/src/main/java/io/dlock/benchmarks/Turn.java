package io.dlock.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * When to work: all processes of a machine share the clock.
 *
 * @param startAt in {@link System#nanoTime} terms
 * @param time for how long
 * @param record where the holds are written down
 */
record Turn(long startAt, Duration time, Path record) {

	void awaitStart() {
		for (long left = left(this.startAt); left > 0; left = left(this.startAt)) {
			LockSupport.parkNanos(left);
		}
	}

	boolean isOver() {
		return left(this.startAt + this.time.toNanos()) <= 0;
	}

	private static long left(long at) {
		return at - System.nanoTime();
	}

	String asLine() {
		return this.startAt + " " + this.time.toNanos() + " " + this.record;
	}

	static Turn parse(String line) {
		String[] words = line.split(" ", 3);
		return new Turn(Long.parseLong(words[0]), Duration.ofNanos(Long.parseLong(words[1])), Path.of(words[2]));
	}

}
