package io.dlock.core;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What a job asks of its lock, over and above the lock itself. The store sees to it in
 * the step in which it grants the lock, so that nothing of it depends on the instance
 * that runs the job.
 *
 * @param atLeast for how long the key stays taken, though the lease be released before
 * @param tick the tick that is to be claimed, or null for a run that belongs to none
 */
public record JobTerms(Duration atLeast, @Nullable Tick tick) {

	/**
	 * Nothing but the lock.
	 */
	public static final JobTerms NONE = new JobTerms(Duration.ZERO, null);

	/**
	 * Whether there is nothing that the store would have to see to.
	 */
	boolean isNone() {
		return this.tick == null && this.atLeast.isZero();
	}

	@Nullable Claim claim(long now) {
		return (this.tick != null) ? this.tick.claim(now) : null;
	}

}
