package io.dlock.core;

import java.util.concurrent.locks.LockSupport;

import io.dlock.FailureCause;
import org.jspecify.annotations.Nullable;

/**
 * A thread that stands in line itself. Everything about its attempt is told on it.
 */
final class BlockingCandidate extends Candidate {

	private final Thread thread = Thread.currentThread();

	private final Narrator narrator;

	BlockingCandidate(Wanted wanted, Patience patience, Instance instance) {
		super(wanted, patience, instance.now());
		this.narrator = instance.narrator();
	}

	@Override
	void news() {
		LockSupport.unpark(this.thread);
	}

	/**
	 * Waits for the outcome, whatever happens.
	 */
	Outcome await() {
		boolean interrupted = false;
		Outcome decided = outcome();
		while (decided == null) {
			LockSupport.park(this);
			interrupted |= Thread.interrupted();
			tellListening();
			decided = outcome();
		}
		if (interrupted) {
			this.thread.interrupt();
		}
		return decided;
	}

	/**
	 * Waits for the outcome, or leaves the line: at the deadline, or when interrupted.
	 * @param deadline a time of {@link System#nanoTime}, or null for no deadline
	 */
	Outcome awaitInterruptibly(@Nullable Long deadline) {
		Outcome decided = outcome();
		while (decided == null) {
			long left = (deadline != null) ? deadline - System.nanoTime() : Long.MAX_VALUE;
			if (left <= 0) {
				withdraw(FailureCause.TIMED_OUT);
			}
			else if (Thread.interrupted()) {
				leaveInterrupted();
			}
			else {
				LockSupport.parkNanos(this, left);
				tellListening();
			}
			decided = outcome();
		}
		return decided;
	}

	/**
	 * Whoever has been served already keeps the lock, and the interrupt.
	 */
	private void leaveInterrupted() {
		if (!withdraw(FailureCause.INTERRUPTED)) {
			this.thread.interrupt();
		}
	}

	private void tellListening() {
		Listening told = takeListening();
		if (told != null) {
			this.narrator.listening(key(), kind(), told.holder(), told.position());
		}
	}

}
