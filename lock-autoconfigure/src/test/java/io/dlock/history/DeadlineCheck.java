package io.dlock.history;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A lease is valid until nine tenths of the TTL after the sending of the last command
 * with which the store confirmed its grant, and not longer.
 */
final class DeadlineCheck implements Check {

	@Override
	public Stream<Violation> violations(History history, Limits limits) {
		Map<List<String>, NavigableMap<Long, Deadline>> deadlines = new HashMap<>();
		for (Entry.Confirmed each : history.all(Entry.Confirmed.class)) {
			deadlines.computeIfAbsent(List.of(each.node(), each.key()), (absent) -> new TreeMap<>())
				.merge(each.firstToken(), Deadline.of(each), Deadline::later);
		}
		return history.tenures()
			.stream()
			.filter((tenure) -> tenure.lastValidAt() != Entry.NEVER)
			.flatMap((tenure) -> judge(tenure,
					deadlines.getOrDefault(List.of(tenure.node(), tenure.key()), new TreeMap<>())));
	}

	private static Stream<Violation> judge(Tenure tenure, NavigableMap<Long, Deadline> deadlines) {
		Map.Entry<Long, Deadline> grant = deadlines.floorEntry(tenure.token());
		if (grant == null || tenure.token() > grant.getValue().lastToken()) {
			return Stream.of(new Violation(Rule.DEADLINE, tenure + " was valid without a grant"));
		}
		long late = tenure.lastValidAt() - grant.getValue().at();
		return (late > 0) ? Stream
			.of(new Violation(Rule.DEADLINE, tenure + " was valid for %.3f ms after its time".formatted(late / 1e6)))
				: Stream.empty();
	}

	private record Deadline(long at, long lastToken) {

		static Deadline of(Entry.Confirmed confirmed) {
			return new Deadline(confirmed.sentAt() + confirmed.ttl() - confirmed.ttl() / 10,
					confirmed.firstToken() + confirmed.tokens() - 1);
		}

		Deadline later(Deadline other) {
			return new Deadline(Math.max(this.at, other.at), Math.max(this.lastToken, other.lastToken));
		}

	}

}
