package io.dlock.benchmarks;

import java.util.Locale;

/**
 * What a worker process does in its turns, until it is given another job.
 *
 * @param kind the kind of work
 * @param threads how many threads do it, or how many locks are taken
 * @param threadKind what kind of threads
 */
record Job(Kind kind, int threads, Threads threadKind) {

	static Job of(Kind kind, int threads) {
		return new Job(kind, threads, Threads.PLATFORM);
	}

	/**
	 * The work of a contestant.
	 */
	Work open(Contestant contestant, Entrant entrant) {
		String key = key(entrant);
		return switch (this.kind) {
			case UNCONTENDED -> new UncontendedWork(contestant);
			case ONE_KEY -> new ContendedWork(contestant, this.threadKind, this.threads, false, key);
			case PROFILE ->
				(turn) -> Profile.of(new ContendedWork(contestant, this.threadKind, this.threads, true, key), turn);
			case OWN_KEYS -> new ContendedWork(contestant, this.threadKind, this.threads, true, key);
			case EACH_ONCE -> new CrowdWork(contestant, this.threadKind, this.threads, key);
			case KEEP -> new KeepingWork((KeepingContestant) contestant, this.threads, key);
			case HOLD -> new HoldingWork(contestant, key);
			case WAIT -> new WaitingWork(contestant, this.threads, key);
		};
	}

	/** The lock that an entrant's workers want: entrants share a Redis. */
	static String key(Entrant entrant) {
		return "key-" + entrant.name().toLowerCase(Locale.ROOT);
	}

	String asLine() {
		return this.kind + " " + this.threads + " " + this.threadKind;
	}

	static Job parse(String line) {
		String[] words = line.split(" ", 3);
		return new Job(Kind.valueOf(words[0]), Integer.parseInt(words[1]), Threads.valueOf(words[2]));
	}

	/**
	 * The kinds of work.
	 */
	enum Kind {

		UNCONTENDED, ONE_KEY, OWN_KEYS, PROFILE, EACH_ONCE, KEEP, HOLD, WAIT

	}

}
