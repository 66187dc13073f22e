package io.dlock.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Nobody waits for a key that nobody has for longer than a TTL, once the last fault is
 * over. A node that stands still, or was killed, may cost the others a TTL as the holder
 * and one more as the first in the queue.
 */
final class WaitingCheck implements Check {

	@Override
	public Stream<Violation> violations(History history, Limits limits) {
		List<Entry.Fault> faults = history.all(Entry.Fault.class);
		Spans excused = new Spans(faults.stream().map((fault) -> excuse(fault, limits)).toList());
		Map<String, Spans> busy = busy(history);
		Map<String, Spans> standingStill = faults.stream()
			.collect(Collectors.groupingBy(Entry.Fault::node, Collectors
				.collectingAndThen(Collectors.mapping(Entry.Fault::span, Collectors.toList()), Spans::new)));
		Spans none = new Spans(List.of());
		return waits(history).filter((wait) -> wait.span().length() > limits.ttl() + limits.slack())
			.flatMap((wait) -> busy.getOrDefault(wait.key(), none)
				.outside(wait.span())
				.stream()
				.flatMap((free) -> excused.outside(free).stream())
				.flatMap((free) -> standingStill.getOrDefault(wait.node(), none).outside(free).stream())
				.filter((free) -> free.length() > limits.ttl() + limits.slack())
				.map((free) -> new Violation(Rule.WAITING, "%s waited for '%s' although it was free for %d ms, from %d"
					.formatted(wait.node(), wait.key(), free.length() / 1_000_000, free.from()))));
	}

	private static Map<String, Spans> busy(History history) {
		return history.tenuresByKey()
			.entrySet()
			.stream()
			.collect(Collectors.toMap(Map.Entry::getKey, (key) -> new Spans(
					key.getValue().stream().map((each) -> new Span(each.obtainedAt(), each.endedAt())).toList())));
	}

	private static Span excuse(Entry.Fault fault, Limits limits) {
		return fault.node().isEmpty() ? fault.span() : new Span(fault.beganAt(), fault.beganAt() + limits.ttl());
	}

	private static Stream<Wait> waits(History history) {
		List<Wait> waits = new ArrayList<>();
		history.all(Entry.Missed.class)
			.forEach((each) -> waits
				.add(new Wait(each.node(), each.key(), new Span(each.requestedAt(), each.endedAt()))));
		history.tenures()
			.forEach((each) -> waits
				.add(new Wait(each.node(), each.key(), new Span(each.requestedAt(), each.obtainedAt()))));
		return waits.stream();
	}

	private record Wait(String node, String key, Span span) {
	}

}
