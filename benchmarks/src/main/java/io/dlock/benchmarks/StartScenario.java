package io.dlock.benchmarks;

import java.nio.file.Path;
import java.util.List;

import io.dlock.benchmarks.Job.Kind;

/**
 * A Spring Boot application starts, in a new process each time.
 *
 * @param name a short name
 * @param title for people
 * @param entrants the kinds of applications
 */
record StartScenario(String name, String title, List<Entrant> entrants) implements Scenario {

	@Override
	public void play(Path program, Path folder, Effort effort, Results results) throws Exception {
		try (Stage stage = Stage.shared(program, folder)) {
			for (int round = 1; round <= effort.rounds(); round++) {
				for (Entrant entrant : this.entrants) {
					try (Team team = Team.start(entrant, Job.of(Kind.START, 1), 1, stage)) {
						results.add(this, entrant, round, new Figures().with(Metric.START, team.startMillis()));
					}
				}
			}
		}
	}

}
