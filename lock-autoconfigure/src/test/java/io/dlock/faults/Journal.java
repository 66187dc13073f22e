package io.dlock.faults;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the nodes of a test have been told and have seen, on one time line: that of
 * {@link System#nanoTime}, which all processes of a machine share. It knows what must
 * hold whatever happens.
 */
final class Journal implements Witness {

	private final Queue<Entry> entries = new ConcurrentLinkedQueue<>();

	private final Map<LeaseName, Sighting> sightings = new ConcurrentHashMap<>();

	private final Set<String> dead = ConcurrentHashMap.newKeySet();

	private final Set<String> toldAgain = ConcurrentHashMap.newKeySet();

	@Override
	public void told(Entry entry) {
		this.entries.add(entry);
	}

	@Override
	public void seenValid(LeaseName lease, long from, long to) {
		this.sightings.merge(lease, new Sighting(to, from), Sighting::and);
	}

	/** A node was killed: nobody hears of its ends any more. */
	void died(String node) {
		this.dead.add(node);
	}

	/**
	 * A listener is busy with the begin of a lease of this key: a loss overtakes it, and
	 * has to be told again.
	 */
	void lossOvertakes(String key) {
		this.toldAgain.add(key);
	}

	/** The events of a kind about a key, in the order heard. */
	List<Entry> entries(What what, String key) {
		return this.entries.stream()
			.filter((entry) -> entry.what() == what && entry.lease().key().equals(key))
			.toList();
	}

	/** The events of a kind that a node has published about a key. */
	List<Entry> entries(String node, What what, String key) {
		return entries(what, key).stream().filter((entry) -> entry.lease().node().equals(node)).toList();
	}

	/**
	 * What does not hold although it must, in words.
	 * @param overlaps whether leases of a key may have been valid at once: only where
	 * Redis has lost writes
	 */
	List<String> violations(boolean overlaps) {
		List<String> found = new ArrayList<>();
		Map<LeaseName, List<Entry>> stories = this.entries.stream()
			.filter((entry) -> entry.what().isOfALease())
			.collect(Collectors.groupingBy(Entry::lease));
		Set<LeaseName> leases = Stream.concat(this.sightings.keySet().stream(), stories.keySet().stream())
			.collect(Collectors.toSet());
		leases.forEach((lease) -> checkStory(lease, stories.getOrDefault(lease, List.of()), found));
		begins().values().forEach((ofKey) -> checkTokens(ofKey, found));
		if (!overlaps) {
			leases.stream()
				.collect(Collectors.groupingBy(LeaseName::key))
				.values()
				.forEach((ofKey) -> checkOverlaps(ofKey, found));
		}
		return found;
	}

	/**
	 * Acquired, then exactly one of released and lost; not valid after that.
	 */
	private void checkStory(LeaseName lease, List<Entry> story, List<String> found) {
		String what = story.stream().map((entry) -> entry.what().name()).collect(Collectors.joining(", "));
		boolean complete = what.matches(this.toldAgain.contains(lease.key())
				? "ACQUIRED, LOST, LOST|LOST, ACQUIRED, LOST" : "ACQUIRED, (RELEASED|LOST)");
		boolean cutShort = this.dead.contains(lease.node()) && (what.isEmpty() || what.equals("ACQUIRED"));
		if (!complete && !cutShort) {
			found.add(lease + " has the story: " + what);
		}
		Sighting seen = this.sightings.get(lease);
		if (complete && seen != null) {
			long end = story.stream().filter((entry) -> entry.what() != What.ACQUIRED).findFirst().orElseThrow().at();
			if (seen.last() > end) {
				found.add(lease + " was valid after its end, by " + (seen.last() - end) + " ns");
			}
		}
	}

	/** The begin of each lease of each key, in the order of time. */
	private Map<String, List<Entry>> begins() {
		return this.entries.stream()
			.filter((entry) -> entry.what() == What.ACQUIRED)
			.sorted(Comparator.comparingLong(Entry::at))
			.collect(Collectors.groupingBy((entry) -> entry.lease().key()));
	}

	/**
	 * Whoever comes later has a greater token.
	 */
	private static void checkTokens(List<Entry> begins, List<String> found) {
		for (int i = 1; i < begins.size(); i++) {
			LeaseName former = begins.get(i - 1).lease();
			LeaseName later = begins.get(i).lease();
			if (later.token() <= former.token()) {
				found.add(later + " came after " + former);
			}
		}
	}

	/**
	 * A lease is valid from one sighting to the next, since it never becomes valid again.
	 */
	private void checkOverlaps(List<LeaseName> leases, List<String> found) {
		List<LeaseName> seen = leases.stream().filter(this.sightings::containsKey).toList();
		for (LeaseName one : seen) {
			for (LeaseName other : seen) {
				Sighting first = this.sightings.get(one);
				Sighting second = this.sightings.get(other);
				if (one.token() < other.token() && first.overlaps(second)) {
					found.add(one + " and " + other + " were valid at once: " + first + ", " + second);
				}
			}
		}
	}

	@Override
	public String toString() {
		return this.entries.stream().map(Entry::toString).collect(Collectors.joining("\n"));
	}

	/**
	 * What is told of a lock.
	 */
	enum What {

		ACQUIRED, RELEASED, LOST, FAILED, LISTENING;

		boolean isOfALease() {
			return this == ACQUIRED || this == RELEASED || this == LOST;
		}

	}

	/**
	 * A lease, or an attempt at one.
	 *
	 * @param node who has it
	 * @param key the lock
	 * @param token its fencing token; zero for an attempt
	 */
	record LeaseName(String node, String key, long token) {
	}

	/**
	 * An event.
	 *
	 * @param at when it was heard
	 * @param what which kind
	 * @param lease of what
	 * @param detail the cause, if it has one
	 */
	record Entry(long at, What what, LeaseName lease, String detail) {
	}

	/**
	 * When a lease was certainly valid.
	 *
	 * @param first from here on
	 * @param last to here
	 */
	record Sighting(long first, long last) {

		Sighting and(Sighting other) {
			return new Sighting(Math.min(this.first, other.first), Math.max(this.last, other.last));
		}

		boolean overlaps(Sighting other) {
			return Math.max(this.first, other.first) < Math.min(this.last, other.last);
		}

	}

}
