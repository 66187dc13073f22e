package io.dlock.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * No token is given twice, and whoever asks when another has a lease gets a greater one.
 * Where the store may forget, a holder that has not heard of it may use up its tokens.
 */
final class TokensCheck implements Check {

	@Override
	public Stream<Violation> violations(History history, Limits limits) {
		return history.tenuresByKey()
			.values()
			.stream()
			.flatMap((tenures) -> Stream.concat(repetitions(tenures), falls(tenures, limits)));
	}

	private static Stream<Violation> repetitions(List<Tenure> ofOneKey) {
		List<Violation> found = new ArrayList<>();
		Map<Long, Tenure> seen = new HashMap<>();
		for (Tenure each : ofOneKey) {
			Tenure former = seen.putIfAbsent(each.token(), each);
			if (former != null) {
				found.add(new Violation(Rule.TOKENS, each + " has the token of " + former));
			}
		}
		return found.stream();
	}

	private static Stream<Violation> falls(List<Tenure> byObtained, Limits limits) {
		List<Violation> found = new ArrayList<>();
		Tenure greatest = null;
		int next = 0;
		for (Tenure each : byObtained.stream().sorted(Comparator.comparingLong(Tenure::requestedAt)).toList()) {
			while (next < byObtained.size()
					&& byObtained.get(next).obtainedAt() + limits.hearing() < each.requestedAt()) {
				Tenure former = byObtained.get(next++);
				greatest = (greatest == null || former.token() > greatest.token()) ? former : greatest;
			}
			if (greatest != null && greatest.token() > each.token()) {
				found.add(new Violation(Rule.TOKENS, each + " came after " + greatest));
			}
		}
		return found.stream();
	}

}
