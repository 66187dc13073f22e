package io.dlock.benchmarks;

import java.time.Duration;
import java.util.List;

import io.dlock.benchmarks.Job.Kind;

/**
 * One process holds a lock, and the threads of another wait for it and get nothing, for
 * as many rounds as there are. What is sent includes the holder's renewals, one in a
 * third of the TTL.
 *
 * @param name a short name
 * @param title for people
 * @param waiters how many threads wait
 * @param entrants who takes part
 */
record WaitScenario(String name, String title, int waiters, List<Entrant> entrants) implements Scenario {

	private static final Duration TTL = Duration.ofSeconds(3);

	private static final Duration TIME = Duration.ofSeconds(6);

	@Override
	public void play(Theatre theatre, Effort effort, Results results) throws Exception {
		for (Entrant entrant : this.entrants) {
			try (Stage stage = theatre.stage();
					Team holder = new Team(entrant, TTL, stage);
					Team waiting = new Team(entrant, TTL, stage)) {
				holder.take(Job.of(Kind.HOLD, 1), 1).work(Duration.ZERO);
				waiting.take(Job.of(Kind.WAIT, this.waiters), 1).work(Duration.ofSeconds(1));
				for (int round = 1; round <= effort.rounds(); round++) {
					results.add(this, entrant, round, watch(waiting, stage));
				}
			}
		}
	}

	private static Figures watch(Team waiting, Stage stage) throws Exception {
		double seconds = TIME.toMillis() / 1e3;
		CommandCount count = stage.redis().count();
		Figures figures = waiting.work(TIME);
		count.end(stage.redis());
		return new Figures().with(Metric.COMMANDS_PER_SECOND, count.sent() / seconds)
			.with(Metric.CLIENT_LOAD, figures.get(Metric.CLIENT_CPU) / 1e3 / seconds)
			.with(Metric.REDIS_LOAD, figures.get(Metric.REDIS_CPU) / 1e3 / seconds)
			.with(Metric.THREADS, figures.get(Metric.THREADS))
			.with(Metric.HEAP, figures.get(Metric.HEAP));
	}

}
