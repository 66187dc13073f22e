package io.dlock.benchmarks;

import java.nio.file.Path;
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
	public void play(Path program, Path folder, Effort effort, Results results) throws Exception {
		for (int round = 1; round <= effort.rounds(); round++) {
			for (Entrant entrant : this.entrants) {
				results.add(this, entrant, round,
						new Figures().with(Metric.PAST_EXPIRY, kill(program, folder, entrant)));
			}
		}
	}

	private static double kill(Path program, Path folder, Entrant entrant) throws Exception {
		Job hold = new Job(Kind.HOLD, 1, Threads.PLATFORM, TTL);
		Job await = new Job(Kind.WAIT, 1, Threads.PLATFORM, TTL);
		try (Stage stage = Stage.shared(program, folder);
				Team holder = Team.start(entrant, hold, 1, stage);
				Team waiting = Team.start(entrant, await, 1, stage)) {
			holder.work(Duration.ZERO, stage);
			waiting.work(TTL.dividedBy(2), stage);
			holder.kill();
			double expiry = Double.parseDouble(stage.redis().ask("PEXPIRETIME " + keyInRedis(entrant)));
			return waiting.work(TTL.multipliedBy(3), stage).get(Metric.PAST_EXPIRY) - expiry;
		}
	}

	private static String keyInRedis(Entrant entrant) {
		String key = Job.key(entrant);
		return (entrant == Entrant.DLOCK) ? "dlock:{" + key + "}" : key;
	}

}
