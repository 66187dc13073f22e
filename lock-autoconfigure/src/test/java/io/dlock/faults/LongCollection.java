package io.dlock.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Fills the heap until collecting garbage stops the JVM for as long as a test wants.
 */
final class LongCollection {

	private static final int CHUNK = 8_000_000;

	private final List<Link> chunks = new ArrayList<>();

	/**
	 * Adds objects that live until a full collection takes so long.
	 * @return how many milliseconds it takes now
	 */
	long fillUntilCollectionTakes(int millis) {
		long took = 0;
		while (took <= millis) {
			this.chunks.add(chunk());
			// The first one after that many new objects takes longer than later ones.
			collect();
			took = Math.min(collect(), collect());
		}
		return took;
	}

	/**
	 * A full collection.
	 * @return how many milliseconds it took
	 */
	long collect() {
		long from = System.nanoTime();
		System.gc();
		return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from);
	}

	private static Link chunk() {
		Link last = null;
		for (int i = 0; i < CHUNK; i++) {
			last = new Link(last);
		}
		return last;
	}

	private record Link(Link next) {
	}

}
