package io.dlock.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a worker process is started for.
 *
 * @param kind the kind of work
 * @param threads how many threads do it, or how many locks are taken
 * @param threadKind what kind of threads
 * @param ttl of the locks
 */
record Job(Kind kind, int threads, Threads threadKind, Duration ttl) {

	static final Duration DEFAULT_TTL = Duration.ofSeconds(10);

	private static final Work NOTHING = (turn) -> new Figures();

	static Job of(Kind kind, int threads) {
		return new Job(kind, threads, Threads.PLATFORM, DEFAULT_TTL);
	}

	/**
	 * The work of a participant. One that has no locks has nothing to do.
	 */
	Work open(Participant participant, Entrant entrant) {
		return (participant instanceof Contestant contestant) ? open(contestant, key(entrant)) : NOTHING;
	}

	private Work open(Contestant contestant, String key) {
		return switch (this.kind) {
			case UNCONTENDED -> new UncontendedWork(contestant);
			case ONE_KEY -> new ContendedWork(contestant, this.threadKind, this.threads, false, key);
			case OWN_KEYS -> new ContendedWork(contestant, this.threadKind, this.threads, true, key);
			case EACH_ONCE -> new CrowdWork(contestant, this.threadKind, this.threads, key);
			case KEEP -> new KeepingWork((KeepingContestant) contestant, this.threads, key);
			case HOLD -> new HoldingWork(contestant, key);
			case START -> NOTHING;
			case WAIT -> new WaitingWork(contestant, this.threads, key);
		};
	}

	/** The lock that an entrant's workers want: entrants share a Redis. */
	static String key(Entrant entrant) {
		return "key-" + entrant.name().toLowerCase(Locale.ROOT);
	}

	List<String> asArguments() {
		return new ArrayList<>(List.of(this.kind.name(), Integer.toString(this.threads), this.threadKind.name(),
				Long.toString(this.ttl.toMillis())));
	}

	static Job parse(List<String> words) {
		return new Job(Kind.valueOf(words.get(0)), Integer.parseInt(words.get(1)), Threads.valueOf(words.get(2)),
				Duration.ofMillis(Long.parseLong(words.get(3))));
	}

	/**
	 * The kinds of work.
	 */
	enum Kind {

		UNCONTENDED, ONE_KEY, OWN_KEYS, EACH_ONCE, KEEP, HOLD, WAIT, START

	}

}
