package io.dlock.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.dlock.benchmarks.Job.Kind;

/**
 * One process holds a lock, and the threads of another wait for it and get nothing. All
 * contestants do so from the beginning, and are watched in turn. What is sent includes
 * the holder's renewals, one in a third of the TTL.
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
		List<Scene> scenes = new ArrayList<>();
		try {
			for (Entrant entrant : this.entrants) {
				scenes.add(begin(entrant, theatre.stage()));
			}
			for (int round = 1; round <= effort.rounds(); round++) {
				for (Scene scene : scenes) {
					results.add(this, scene.waiting().entrant(), round, scene.watch());
				}
			}
		}
		finally {
			scenes.forEach(Scene::close);
		}
	}

	private Scene begin(Entrant entrant, Stage stage) throws IOException {
		Scene scene = new Scene(stage, new Team(entrant, TTL, stage), new Team(entrant, TTL, stage));
		scene.holder().take(Job.of(Kind.HOLD, 1), 1).work(Duration.ZERO);
		scene.waiting().take(Job.of(Kind.WAIT, this.waiters), 1).work(Duration.ofSeconds(1));
		return scene;
	}

	/**
	 * A contestant's processes, and a Redis that no other uses.
	 *
	 * @param stage where
	 * @param holder who holds the lock
	 * @param waiting who waits for it
	 */
	private record Scene(Stage stage, Team holder, Team waiting) implements AutoCloseable {

		Figures watch() throws IOException, InterruptedException {
			double seconds = TIME.toMillis() / 1e3;
			CommandCount count = this.stage.redis().count();
			Figures figures = this.waiting.work(TIME);
			count.end(this.stage.redis());
			return new Figures().with(Metric.COMMANDS_PER_SECOND, count.sent() / seconds)
				.with(Metric.CLIENT_LOAD, figures.get(Metric.CLIENT_CPU) / 1e3 / seconds)
				.with(Metric.REDIS_LOAD, figures.get(Metric.REDIS_CPU) / 1e3 / seconds)
				.with(Metric.THREADS, figures.get(Metric.THREADS))
				.with(Metric.HEAP, figures.get(Metric.HEAP));
		}

		@Override
		public void close() {
			this.waiting.close();
			this.holder.close();
			this.stage.close();
		}

	}

}
