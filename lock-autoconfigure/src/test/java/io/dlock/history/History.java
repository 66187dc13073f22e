package io.dlock.history;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * All that was written down of one run.
 */
public final class History {

	private final Map<Class<?>, List<Entry>> entries = new HashMap<>();

	private final Map<Holding, Long> pulses;

	private final List<Tenure> tenures;

	/**
	 * Puts together what everybody saw.
	 * @param entries what was written down, in any order
	 * @param pulses when leases whose end nobody could write down were last seen valid
	 */
	public History(Collection<? extends Entry> entries, Map<Holding, Long> pulses) {
		this.pulses = pulses;
		entries
			.forEach((entry) -> this.entries.computeIfAbsent(entry.getClass(), (type) -> new ArrayList<>()).add(entry));
		this.tenures = assemble();
	}

	public <E extends Entry> List<E> all(Class<E> type) {
		return this.entries.getOrDefault(type, List.of()).stream().map(type::cast).toList();
	}

	/**
	 * All leases, by the time they were obtained.
	 */
	public List<Tenure> tenures() {
		return this.tenures;
	}

	Map<String, List<Tenure>> tenuresByKey() {
		return this.tenures.stream().collect(Collectors.groupingBy(Tenure::key));
	}

	/**
	 * The nodes that could not finish what they were about.
	 */
	Set<String> killed() {
		Set<String> killed = new HashSet<>();
		all(Entry.Killed.class).forEach((entry) -> killed.add(entry.node()));
		return killed;
	}

	private List<Tenure> assemble() {
		Map<Holding, Entry.Ended> ends = new HashMap<>();
		all(Entry.Ended.class).forEach((end) -> ends.put(new Holding(end.node(), end.key(), end.token()), end));
		Map<String, Long> kills = new HashMap<>();
		all(Entry.Killed.class).forEach((kill) -> kills.put(kill.node(), kill.at()));
		return all(Entry.Obtained.class).stream()
			.map((begin) -> tenure(begin, ends.get(new Holding(begin.node(), begin.key(), begin.token())),
					kills.get(begin.node())))
			.sorted(Comparator.comparingLong(Tenure::obtainedAt))
			.toList();
	}

	private Tenure tenure(Entry.Obtained begin, Entry.@Nullable Ended end, @Nullable Long killedAt) {
		long lastValidAt;
		long endedAt;
		Tenure.Outcome outcome;
		if (end != null) {
			lastValidAt = end.lastValidAt();
			endedAt = end.endedAt();
			outcome = end.lost() ? Tenure.Outcome.LOST : Tenure.Outcome.RELEASED;
		}
		else {
			Holding holding = new Holding(begin.node(), begin.key(), begin.token());
			lastValidAt = this.pulses.getOrDefault(holding, Entry.NEVER);
			endedAt = (killedAt != null) ? killedAt : Long.MAX_VALUE;
			outcome = (killedAt != null) ? Tenure.Outcome.KILLED : Tenure.Outcome.OPEN;
		}
		return new Tenure(begin.node(), begin.key(), begin.token(), begin.requestedAt(), begin.obtainedAt(),
				lastValidAt, endedAt, outcome);
	}

	/**
	 * Names a lease.
	 *
	 * @param node who held it
	 * @param key the lock
	 * @param token its token
	 */
	public record Holding(String node, String key, long token) {
	}

}
