package io.dlock.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The resource accepts no write that was sent after it had answered one with a greater
 * token; and it refuses nobody whose lease is valid all the same, unless the store may
 * forget: then it is the tokens that decide, and {@link ExclusionCheck} looks at how soon
 * the loser hears.
 */
final class ResourceCheck implements Check {

	@Override
	public Stream<Violation> violations(History history, Limits limits) {
		List<Entry.Wrote> writes = history.all(Entry.Wrote.class);
		Stream<Violation> refused = writes.stream()
			.filter((write) -> !limits.mayForget() && !write.accepted() && write.validAfter())
			.map((write) -> new Violation(Rule.RESOURCE, write + " was refused, and the lease is valid"));
		Map<String, List<Entry.Wrote>> accepted = writes.stream()
			.filter(Entry.Wrote::accepted)
			.collect(Collectors.groupingBy(Entry.Wrote::key));
		return Stream.concat(refused, accepted.values().stream().flatMap(ResourceCheck::stale));
	}

	private static Stream<Violation> stale(List<Entry.Wrote> acceptedOfOneKey) {
		List<Violation> found = new ArrayList<>();
		List<Entry.Wrote> byAnswer = acceptedOfOneKey.stream()
			.sorted(Comparator.comparingLong(Entry.Wrote::answeredAt))
			.toList();
		Entry.Wrote greatest = null;
		int next = 0;
		for (Entry.Wrote each : acceptedOfOneKey.stream()
			.sorted(Comparator.comparingLong(Entry.Wrote::sentAt))
			.toList()) {
			while (next < byAnswer.size() && byAnswer.get(next).answeredAt() < each.sentAt()) {
				Entry.Wrote former = byAnswer.get(next++);
				greatest = (greatest == null || former.token() > greatest.token()) ? former : greatest;
			}
			if (greatest != null && greatest.token() > each.token()) {
				found.add(new Violation(Rule.RESOURCE, each + " was accepted after " + greatest));
			}
		}
		return found.stream();
	}

}
