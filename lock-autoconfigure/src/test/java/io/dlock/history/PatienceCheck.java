package io.dlock.history;

import java.util.stream.Stream;

/**
 * A wait that is to end at some time does, whatever the store does; unless its own
 * process stands still.
 */
final class PatienceCheck implements Check {

	@Override
	public Stream<Violation> violations(History history, Limits limits) {
		return history.all(Entry.Missed.class)
			.stream()
			.filter((each) -> each.patience() != Long.MAX_VALUE)
			.filter((each) -> each.endedAt() - each.requestedAt() - each.patience() > limits.slack())
			.filter((each) -> history.all(Entry.Fault.class)
				.stream()
				.noneMatch((fault) -> fault.node().equals(each.node())
						&& fault.span().touches(new Span(each.requestedAt(), each.endedAt()))))
			.map((each) -> new Violation(Rule.PATIENCE, each + " took too long"));
	}

}
