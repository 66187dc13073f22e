package io.dlock.benchmarks;

import java.time.Duration;
import java.util.List;

import io.dlock.benchmarks.Job.Kind;

/**
 * The holder is killed, and a waiter of another process takes over. Measured is how long
 * after the key's expiry in Redis it has the lock.
 *
 * @param name a short name
 * @param title for people
 * @param entrants who takes part
 */
record TakeoverScenario(String name, String title, List<Entrant> entrants) implements Scenario {

	private static final Duration TTL = Duration.ofSeconds(1);

	@Override
	public void play(Theatre theatre, Effort effort, Results results) throws Exception {
		for (int round = 1; round <= effort.rounds(); round++) {
			for (Entrant entrant : this.entrants) {
				results.add(this, entrant, round, new Figures().with(Metric.PAST_EXPIRY, kill(theatre, entrant)));
			}
		}
	}

	private static double kill(Theatre theatre, Entrant entrant) throws Exception {
		try (Stage stage = theatre.stage();
				Team holder = new Team(entrant, TTL, stage);
				Team waiting = new Team(entrant, TTL, stage)) {
			holder.take(Job.of(Kind.HOLD, 1), 1);
			waiting.take(Job.of(Kind.WAIT, 1), 1);
			holder.work(Duration.ZERO);
			waiting.work(TTL.dividedBy(2));
			holder.kill();
			double expiry = Double.parseDouble(stage.redis().ask("PEXPIRETIME " + keyInRedis(entrant)));
			return waiting.work(TTL.multipliedBy(2)).get(Metric.PAST_EXPIRY) - expiry;
		}
	}

	private static String keyInRedis(Entrant entrant) {
		String key = Job.key(entrant);
		return (entrant == Entrant.DLOCK) ? "dlock:{" + key + "}" : key;
	}

}
