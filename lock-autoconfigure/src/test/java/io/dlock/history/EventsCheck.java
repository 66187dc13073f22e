package io.dlock.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Of each lease, observers are told once that it was acquired, and after that once that
 * it was released or lost, whichever its holder found. Who is killed may owe the end.
 */
final class EventsCheck implements Check {

	@Override
	public Stream<Violation> violations(History history, Limits limits) {
		Map<History.Holding, List<Entry.Told>> told = new HashMap<>();
		for (Entry.Told each : history.all(Entry.Told.class)) {
			told.computeIfAbsent(new History.Holding(each.node(), each.key(), each.token()),
					(absent) -> new ArrayList<>())
				.add(each);
		}
		Set<String> killed = history.killed();
		Stream<Violation> counts = told.entrySet()
			.stream()
			.flatMap((each) -> count(each.getKey(), each.getValue(), killed.contains(each.getKey().node())));
		Stream<Violation> matches = history.tenures()
			.stream()
			.filter((tenure) -> !killed.contains(tenure.node()))
			.flatMap((tenure) -> match(tenure,
					told.getOrDefault(new History.Holding(tenure.node(), tenure.key(), tenure.token()), List.of())));
		return Stream.concat(counts, matches);
	}

	private static Stream<Violation> count(History.Holding lease, List<Entry.Told> told, boolean killed) {
		List<Entry.Told> begins = told.stream().filter((each) -> each.news() == Entry.News.ACQUIRED).toList();
		List<Entry.Told> ends = told.stream().filter((each) -> each.news() != Entry.News.ACQUIRED).toList();
		boolean once = begins.size() == 1 && ends.size() <= 1 && (killed || ends.size() == 1);
		boolean ordered = !once || ends.isEmpty() || begins.get(0).at() <= ends.get(0).at();
		return (once && ordered) ? Stream.empty()
				: Stream.of(new Violation(Rule.EVENTS, "of " + lease + " was told " + told));
	}

	private static Stream<Violation> match(Tenure tenure, List<Entry.Told> told) {
		Entry.News end = (tenure.outcome() == Tenure.Outcome.LOST) ? Entry.News.LOST : Entry.News.RELEASED;
		boolean begun = told.stream().anyMatch((each) -> each.news() == Entry.News.ACQUIRED);
		boolean ended = told.stream().anyMatch((each) -> each.news() == end);
		return (begun && ended) ? Stream.empty()
				: Stream.of(new Violation(Rule.EVENTS, "of " + tenure + " was told " + told));
	}

}
