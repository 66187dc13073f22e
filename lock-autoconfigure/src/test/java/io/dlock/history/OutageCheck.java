package io.dlock.history;

import java.util.stream.Stream;

/**
 * Nobody is told that the store is away when no fault was there before or meanwhile.
 */
final class OutageCheck implements Check {

	@Override
	public Stream<Violation> violations(History history, Limits limits) {
		return history.all(Entry.Missed.class)
			.stream()
			.filter((each) -> each.why() == Entry.Why.UNAVAILABLE)
			.filter((each) -> history.all(Entry.Fault.class)
				.stream()
				.noneMatch((fault) -> new Span(fault.beganAt(), fault.endedAt() + limits.ttl() + limits.slack())
					.touches(new Span(each.requestedAt(), each.endedAt()))))
			.map((each) -> new Violation(Rule.OUTAGE, each + " without any fault"));
	}

}
