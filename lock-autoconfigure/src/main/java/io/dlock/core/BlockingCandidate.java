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

	/** On the thread itself there is nothing to wake: it looks before it waits. */
	@Override
	void news() {
		if (Thread.currentThread() != this.thread) {
			LockSupport.unpark(this.thread);
		}
	}

	/**
	 * Waits for the outcome, whatever happens.
	 */
	Outcome await() {
		boolean interrupted = false;
		Outcome decided = look();
		while (decided == null) {
			LockSupport.park(this);
			interrupted |= Thread.interrupted();
			decided = look();
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
		Outcome decided = look();
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
			}
			decided = look();
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

	/**
	 * The outcome, once there is one; tells before that the candidate has had to wait.
	 */
	private @Nullable Outcome look() {
		Outcome decided = outcome();
		Listening told = takeListening();
		if (told == null) {
			return decided;
		}
		this.narrator.listening(key(), kind(), told.holder(), told.position());
		return outcome();
	}

}
