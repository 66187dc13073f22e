package io.dlock.job;

import java.util.concurrent.atomic.AtomicBoolean;

import io.dlock.core.Tick;

/**
 * The tick that a scheduled task runs for. It is for one call: whoever takes it claims
 * it. When the store did not say what became of that, it is put back, so that whoever
 * calls again claims it again, rather than run for no tick beside an instance that has
 * it.
 */
final class DueTick {

	private final Tick tick;

	private final AtomicBoolean taken = new AtomicBoolean();

	DueTick(Tick tick) {
		this.tick = tick;
	}

	Tick tick() {
		return this.tick;
	}

	/**
	 * Takes it.
	 * @return whether nobody else has
	 */
	boolean take() {
		return this.taken.compareAndSet(false, true);
	}

	void putBack() {
		this.taken.set(false);
	}

}
