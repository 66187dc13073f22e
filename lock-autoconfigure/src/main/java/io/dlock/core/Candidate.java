package io.dlock.core;

import io.dlock.FailureCause;
import io.dlock.LockKind;
import org.jspecify.annotations.Nullable;

/**
 * Somebody in this instance who wants a lease: stands in the line of its key until it is
 * served, or its attempt has failed. Which of the two is decided once, under the monitor
 * of the key lock.
 */
abstract class Candidate {

	private final Wanted wanted;

	private final Patience patience;

	private final long since;

	/** Written under the key lock's monitor, once. */
	private volatile @Nullable Outcome outcome;

	/** Written under the key lock's monitor; taken by whoever tells of it. */
	private volatile @Nullable Listening listening;

	private volatile @Nullable KeyLock keyLock;

	Candidate(Wanted wanted, Patience patience, long since) {
		this.wanted = wanted;
		this.patience = patience;
		this.since = since;
	}

	/**
	 * Called when the candidate has begun to wait behind somebody, and when its outcome
	 * has been decided; each time after the monitor has been left, so that two threads
	 * may call at once, and in any order. Does not block.
	 */
	abstract void news();

	final String key() {
		return this.wanted.key();
	}

	final LeaseTerms terms() {
		return this.wanted.terms();
	}

	final LockKind kind() {
		return this.wanted.kind();
	}

	final boolean waits() {
		return this.patience != Patience.NONE;
	}

	/**
	 * When the attempt began.
	 */
	final long since() {
		return this.since;
	}

	/**
	 * Whether it goes on, whatever happens.
	 */
	final boolean isEndless() {
		return this.patience == Patience.ENDLESS;
	}

	/**
	 * Whether it has had enough of a store that is away.
	 */
	final boolean givesUp(long outageSince, long now, long commandTimeout) {
		return switch (this.patience) {
			case NONE -> now - this.since >= commandTimeout;
			case UNTIMED -> Math.min(now - this.since, now - outageSince) >= terms().ttlNanos();
			case TIMED, ENDLESS -> false;
		};
	}

	final @Nullable Outcome outcome() {
		return this.outcome;
	}

	final void decide(Outcome decided) {
		if (this.outcome != null) {
			throw new IllegalStateException("decided twice: " + this.outcome + ", then " + decided);
		}
		this.outcome = decided;
	}

	/**
	 * It waits behind somebody. That is noted under the monitor, so that whoever tells
	 * the outcome can tell this first; and at most once for each candidate.
	 */
	final void listens(String holder, int position) {
		this.listening = new Listening(holder, position);
	}

	/**
	 * What is to be told of the waiting, once. Called by one thread at a time, also while
	 * another one notes it: so only what was seen is taken away.
	 */
	final @Nullable Listening takeListening() {
		Listening taken = this.listening;
		if (taken != null) {
			this.listening = null;
		}
		return taken;
	}

	final void entered(KeyLock entered) {
		this.keyLock = entered;
	}

	/**
	 * Leaves the line, unless the outcome has been decided already.
	 * @return whether it is this call that decided it
	 */
	final boolean withdraw(FailureCause cause) {
		KeyLock entered = this.keyLock;
		return entered != null && entered.withdraw(this, cause);
	}

	/**
	 * Behind whom a candidate waits.
	 *
	 * @param holder the instance that has the lock
	 * @param position the place in the queue
	 */
	record Listening(String holder, int position) {
	}

}
