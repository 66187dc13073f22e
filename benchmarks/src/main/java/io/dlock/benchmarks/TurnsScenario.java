package io.dlock.benchmarks;

import java.nio.file.Path;
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
 * @param pinned whether Redis and clients have a processor each
 * @param entrants who takes part
 */
record TurnsScenario(String name, String title, Job job, int processes, boolean pinned,
		List<Entrant> entrants) implements Scenario {

	@Override
	public void play(Path program, Path folder, Effort effort, Results results) throws Exception {
		List<Team> teams = new ArrayList<>();
		try (Stage stage = this.pinned ? Stage.pinned(program, folder) : Stage.shared(program, folder)) {
			for (Entrant entrant : this.entrants) {
				teams.add(Team.start(entrant, this.job, this.processes, stage));
			}
			for (Team team : teams) {
				team.turn(effort.warmUp(), stage);
				results.add(this, team.entrant(), 1, team.count(effort.counting(), stage));
			}
			for (int round = 1; round <= effort.rounds(); round++) {
				for (Team team : teams) {
					results.add(this, team.entrant(), round, team.turn(effort.turn(), stage));
				}
				Collections.rotate(teams, 1);
			}
		}
		finally {
			teams.forEach(Team::close);
		}
	}

}
