package io.dlock.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * All contestants are there from the beginning. Each is warmed up, then what it sends is
 * counted, then they have their timed turns, one after the other, in an order that
 * changes from round to round. Whoever has no turn does nothing.
 *
 * @param name a short name
 * @param title for people
 * @param job what each process does
 * @param processes how many processes each contestant has
 * @param kind with whom the processes go on
 * @param entrants who takes part
 */
record TurnsScenario(String name, String title, Job job, int processes, Ensemble.Kind kind,
		List<Entrant> entrants) implements Scenario {

	@Override
	public void play(Theatre theatre, Effort effort, Results results) throws Exception {
		Ensemble ensemble = theatre.ensemble(this.kind);
		List<Team> teams = new ArrayList<>();
		for (Entrant entrant : this.entrants) {
			teams.add(ensemble.team(entrant).take(this.job, this.processes));
		}
		for (Team team : teams) {
			team.warmUp(effort);
			results.add(this, team.entrant(), 1, team.count(effort.counting()));
		}
		for (int round = 1; round <= effort.rounds(); round++) {
			for (Team team : teams) {
				results.add(this, team.entrant(), round, team.turn(effort.turn()));
			}
			Collections.rotate(teams, 1);
		}
	}

}
