package io.dlock.job;

/**
 * What happens to a running {@link SingletonJob} whose lock is lost.
 */
public enum OnLoss {

	/**
	 * It is stopped: its thread is interrupted, the future that it has returned is
	 * cancelled, its {@code Mono} fails. Code that does not react to that goes on.
	 */
	INTERRUPT,

	/**
	 * It goes on. There is an event and a warning, and {@link CurrentJob#assertHeld()}
	 * fails from then on.
	 */
	CONTINUE

}
