package io.dlock.history;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A node needs at its end what it needed when it was warm, give or take what its client
 * library starts when it first needs it.
 */
final class VitalsCheck implements Check {

	private static final int MORE_THREADS = 8;

	private static final long MORE_HEAP = 16 * 1024 * 1024;

	@Override
	public Stream<Violation> violations(History history, Limits limits) {
		Map<String, List<Entry.Vitals>> byNode = history.all(Entry.Vitals.class)
			.stream()
			.sorted(Comparator.comparingLong(Entry.Vitals::at))
			.collect(Collectors.groupingBy(Entry.Vitals::node));
		return byNode.values().stream().flatMap((vitals) -> {
			Entry.Vitals first = vitals.get(0);
			Entry.Vitals last = vitals.get(vitals.size() - 1);
			boolean flat = last.threads() <= first.threads() + MORE_THREADS && last.heap() <= first.heap() + MORE_HEAP;
			return flat ? Stream.empty() : Stream.of(new Violation(Rule.VITALS, first + " has become " + last));
		});
	}

}
