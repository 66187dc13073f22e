package io.dlock.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Two leases of a key are never valid at once; more than that, none is valid when one
 * with a greater token has been obtained, valid or not. Where the store may forget, the
 * former holder has a while to hear of it.
 */
final class ExclusionCheck implements Check {

	@Override
	public Stream<Violation> violations(History history, Limits limits) {
		return history.tenuresByKey().values().stream().flatMap((tenures) -> overlaps(tenures, limits));
	}

	private static Stream<Violation> overlaps(List<Tenure> ofOneKey, Limits limits) {
		List<Violation> found = new ArrayList<>();
		Tenure longest = null;
		for (Tenure each : ofOneKey.stream().sorted(Comparator.comparingLong(Tenure::token)).toList()) {
			if (longest != null && longest.lastValidAt() > each.obtainedAt() + limits.hearing()) {
				found.add(new Violation(Rule.EXCLUSION, longest
						+ " was valid for %.3f ms after ".formatted((longest.lastValidAt() - each.obtainedAt()) / 1e6)
						+ each));
			}
			if (longest == null || each.lastValidAt() > longest.lastValidAt()) {
				longest = each;
			}
		}
		return found.stream();
	}

}
