package io.dlock.history;

import java.util.stream.Stream;

/**
 * Nothing strange was seen, and every lease has an end unless its holder was killed.
 */
final class StrangeCheck implements Check {

	@Override
	public Stream<Violation> violations(History history, Limits limits) {
		return Stream.concat(
				history.all(Entry.Strange.class)
					.stream()
					.map((each) -> new Violation(Rule.STRANGE, each.node() + " at " + each.at() + ": " + each.what())),
				history.tenures()
					.stream()
					.filter((each) -> each.outcome() == Tenure.Outcome.OPEN)
					.map((each) -> new Violation(Rule.STRANGE, each + " has no end")));
	}

}
