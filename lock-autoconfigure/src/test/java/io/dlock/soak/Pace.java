package io.dlock.soak;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets time pass while others are at work: how long a fault lasts is part of it, and not
 * something to wait for.
 */
final class Pace {

	private static final CountDownLatch NEVER = new CountDownLatch(1);

	private Pace() {
	}

	static void rest(Duration time) {
		try {
			if (NEVER.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
				throw new IllegalStateException("Nobody counts this down");
			}
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException("Interrupted while a fault was to last", ex);
		}
	}

}
