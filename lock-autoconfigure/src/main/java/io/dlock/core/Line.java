package io.dlock.core;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * The candidates of this instance for one key, first come, first served. Guarded by the
 * key lock.
 * <p>
 * Tries stand before everybody who waits: a try that comes later is told at once that the
 * lock is not free.
 */
final class Line {

	private final Set<Candidate> candidates = new LinkedHashSet<>();

	/** Those at the end of the line who do not know yet that they have to wait. */
	private final List<Candidate> newcomers = new ArrayList<>();

	private int waiting;

	void add(Candidate candidate) {
		this.candidates.add(candidate);
		if (candidate.waits()) {
			this.waiting++;
			this.newcomers.add(candidate);
		}
	}

	boolean remove(Candidate candidate) {
		boolean removed = this.candidates.remove(candidate);
		if (removed && candidate.waits()) {
			this.waiting--;
			this.newcomers.remove(candidate);
		}
		return removed;
	}

	@Nullable Candidate first() {
		return this.candidates.isEmpty() ? null : this.candidates.iterator().next();
	}

	Candidate removeFirst() {
		Candidate first = this.candidates.iterator().next();
		remove(first);
		return first;
	}

	boolean isEmpty() {
		return this.candidates.isEmpty();
	}

	boolean hasWaiting() {
		return this.waiting > 0;
	}

	int size() {
		return this.candidates.size();
	}

	/**
	 * Ends the attempts of those who do not wait.
	 */
	void dismissTries(Outcome outcome, After after) {
		Candidate first = first();
		while (first != null && !first.waits()) {
			dismiss(removeFirst(), outcome, after);
			first = first();
		}
	}

	/**
	 * Ends the attempts of those who meet a condition.
	 */
	void dismiss(Predicate<Candidate> condition, Outcome outcome, After after) {
		for (Candidate candidate : List.copyOf(this.candidates)) {
			if (condition.test(candidate)) {
				remove(candidate);
				dismiss(candidate, outcome, after);
			}
		}
	}

	/**
	 * Tells those who do not know yet that they wait.
	 * @param holder the instance that has the lock
	 * @param before how many stand before this line
	 * @param after takes the telling
	 */
	void tellNewcomers(String holder, int before, After after) {
		int position = before + this.candidates.size() - this.newcomers.size();
		for (Candidate candidate : this.newcomers) {
			candidate.listens(holder, ++position);
			after.then(candidate::news);
		}
		this.newcomers.clear();
	}

	private static void dismiss(Candidate candidate, Outcome outcome, After after) {
		candidate.decide(outcome);
		after.then(candidate::news);
	}

}
