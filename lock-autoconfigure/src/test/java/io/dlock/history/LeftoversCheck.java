package io.dlock.history;

import java.util.stream.Stream;

/**
 * What nobody uses is not kept.
 */
final class LeftoversCheck implements Check {

	@Override
	public Stream<Violation> violations(History history, Limits limits) {
		return history.all(Entry.Leftover.class)
			.stream()
			.map((each) -> new Violation(Rule.LEFTOVERS, each.key() + " is still there"));
	}

}
