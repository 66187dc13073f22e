package io.dlock.core;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stores in memory, for which time passes by hand.
 */
final class LocalStoreUnderTest implements StoreUnderTest {

	private final AtomicLong time = new AtomicLong(Long.MAX_VALUE - 1_000);

	private final LocalLocks locks = new LocalLocks(this.time::get);

	@Override
	public LockStore newStore() {
		return new LocalLockStore(this.locks);
	}

	@Override
	public void passTime(Duration time) {
		this.time.addAndGet(time.toNanos());
	}

	@Override
	public void loseMemory() {
		this.locks.loseMemory();
	}

	/** How many keys the memory knows of. */
	int keys() {
		return this.locks.size();
	}

	@Override
	public void awaitListening(Member started) {
		// a store that was started listens at once
	}

	@Override
	public void awaitGone(Member stopped) {
		// a store that was stopped has gone at once
	}

}
