package io.dlock.benchmarks;

import java.util.List;

/**
 * A Spring Boot application starts, in a new process each time.
 *
 * @param name a short name
 * @param title for people
 * @param entrants the kinds of applications
 */
record StartScenario(String name, String title, List<Entrant> entrants) implements Scenario {

	@Override
	public void play(Theatre theatre, Effort effort, Results results) throws Exception {
		try (Stage stage = theatre.stage()) {
			for (int round = 1; round <= effort.rounds(); round++) {
				for (Entrant entrant : this.entrants) {
					try (Team team = new Team(entrant, Setting.DEFAULT_TTL, stage)) {
						results.add(this, entrant, round, new Figures().with(Metric.START, team.start()));
					}
				}
			}
		}
	}

}
