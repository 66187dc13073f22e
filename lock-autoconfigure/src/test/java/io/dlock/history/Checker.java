package io.dlock.history;

import java.time.Duration;
import java.util.List;

/**
 * Whether a history keeps all promises.
 * <p>
 * Each check is sound: what it reports has happened, whatever the moment at which
 * processes were stopped between doing something and writing it down. For that, a time is
 * always taken on the side that favours the accused: of the last sight of a valid lease
 * before looking, of an obtained one after.
 */
public final class Checker {

	private static final List<Check> CHECKS = List.of(new ExclusionCheck(), new DeadlineCheck(), new TokensCheck(),
			new ResourceCheck(), new EventsCheck(), new WaitingCheck(), new PatienceCheck(), new OutageCheck(),
			new LeftoversCheck(), new VitalsCheck(), new StrangeCheck());

	private Checker() {
	}

	/**
	 * How often a lease was valid when another with a greater token had been obtained,
	 * excused or not.
	 */
	public static long overlaps(History history) {
		return new ExclusionCheck().violations(history, Limits.strict(Duration.ZERO, Duration.ZERO)).count();
	}

	public static List<Violation> check(History history, Limits limits) {
		return CHECKS.stream().flatMap((check) -> check.violations(history, limits)).toList();
	}

}
