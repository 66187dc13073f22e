package io.dlock.job;

/**
 * What happens to a running {@link SingletonJob} whose lock is lost.
 */
public enum OnLoss {

	/**
	 * It is stopped before another instance can have the lock: its thread is interrupted,
	 * the future that it has returned is cancelled, its {@code Mono} fails.
	 */
	INTERRUPT,

	/**
	 * It goes on. There is an event and a warning, and {@link CurrentJob#assertHeld()}
	 * fails from then on.
	 */
	CONTINUE

}
