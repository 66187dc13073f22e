package io.dlock.redis;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Which server counts as the master, given what the sentinels say.
 * <p>
 * The report with the greatest epoch is believed, as sentinels do among themselves: one
 * that was cut off, or has slept, goes on naming the former master, in an older epoch.
 * When all of the newer ones are silent, an older report changes nothing: it is no news.
 * Only when most of the sentinels contradict for long have they been set up anew, with
 * epochs that begin anew. Before anything is believed, most of the sentinels must have
 * been heard, or all have been tried.
 */
final class MasterBelief {

	/** For how many rounds most of the sentinels have to contradict. */
	static final int LONG = 10;

	private final int sentinels;

	/**
	 * What each sentinel has said last, unless it is silent. Guarded by this, as is all.
	 */
	private final Map<Integer, MasterReport> reports = new HashMap<>();

	private final Set<Integer> tried = new HashSet<>();

	private @Nullable MasterReport master;

	private int contradictions;

	MasterBelief(int sentinels) {
		this.sentinels = sentinels;
	}

	/** The server that counts as the master; null when no sentinel has named one yet. */
	synchronized @Nullable MasterReport master() {
		return this.master;
	}

	/** Whether any sentinel answers. */
	synchronized boolean isInformed() {
		return !this.reports.isEmpty();
	}

	/** Whether every sentinel has been tried, or enough of them have answered. */
	synchronized boolean isSettled() {
		return this.tried.size() == this.sentinels || isMajority();
	}

	/**
	 * A sentinel has answered.
	 * @param sentinel its number, from 0
	 * @param report what it says, or null when it says nothing, or does not know
	 * @return whether another server than before counts as the master
	 */
	synchronized boolean heard(int sentinel, @Nullable MasterReport report) {
		this.tried.add(sentinel);
		if (report != null) {
			this.reports.put(sentinel, report);
		}
		else {
			this.reports.remove(sentinel);
		}
		MasterReport newest = newest();
		if (newest == null || !isSettled() || isOlder(newest)) {
			return false;
		}
		return believe(newest);
	}

	/**
	 * All sentinels have had the time to answer once more.
	 * @return whether another server than before counts as the master
	 */
	synchronized boolean roundIsOver() {
		MasterReport newest = newest();
		boolean contradicted = newest != null && isOlder(newest) && isMajority();
		this.contradictions = contradicted ? this.contradictions + 1 : 0;
		return newest != null && this.contradictions >= LONG && believe(newest);
	}

	private boolean believe(MasterReport report) {
		MasterReport before = this.master;
		this.master = report;
		this.contradictions = 0;
		return before == null || !before.names(report);
	}

	private boolean isOlder(MasterReport report) {
		return this.master != null && report.epoch() < this.master.epoch();
	}

	private boolean isMajority() {
		return this.reports.size() > this.sentinels / 2;
	}

	/**
	 * The report of the greatest epoch; where there are several, of the server that most
	 * of them name, and rather of the one that is known.
	 */
	private @Nullable MasterReport newest() {
		Collection<MasterReport> all = this.reports.values();
		long greatest = all.stream().mapToLong(MasterReport::epoch).max().orElse(0);
		List<MasterReport> candidates = all.stream().filter((report) -> report.epoch() == greatest).toList();
		Comparator<MasterReport> byVotes = Comparator
			.comparingLong((report) -> candidates.stream().filter(report::names).count());
		return candidates.stream().max(byVotes.thenComparing(this::isKnown)).orElse(null);
	}

	private boolean isKnown(MasterReport report) {
		return this.master != null && this.master.names(report);
	}

}
