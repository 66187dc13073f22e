package io.dlock.core;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tests for {@link LocalLockStore}.
 */
class LocalLockStoreTests extends LockStoreContract {

	private final AtomicLong time = new AtomicLong(Long.MAX_VALUE - 1_000);

	private final LocalLocks locks = new LocalLocks(this.time::get);

	@Override
	protected LockStore newStore() {
		return new LocalLockStore(this.locks);
	}

	@Override
	protected void passTime(Duration time) {
		this.time.addAndGet(time.toNanos());
	}

	@Override
	protected void loseMemory() {
		this.locks.loseMemory();
	}

	@Override
	protected void awaitListening(Member started) {
		// a store that was started listens at once
	}

	@Override
	protected void awaitGone(Member stopped) {
		// a store that was stopped has gone at once
	}

}
