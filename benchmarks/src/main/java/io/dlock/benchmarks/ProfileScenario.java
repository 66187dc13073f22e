package io.dlock.benchmarks;

import java.util.List;

/**
 * What shows up in a profile of threads that take and give back locks of their own. Its
 * turns are longer: most of their time these threads wait, or are in the kernel, where
 * there is nothing to be sampled.
 *
 * @param name a short name
 * @param title for people
 * @param job what is done
 * @param entrants who takes part
 */
record ProfileScenario(String name, String title, Job job, List<Entrant> entrants) implements Scenario {

	private static final int TURNS = 5;

	@Override
	public void play(Theatre theatre, Effort effort, Results results) throws Exception {
		for (Entrant entrant : this.entrants) {
			Team team = theatre.ensemble(Ensemble.Kind.SINGLE).team(entrant).take(this.job, 1);
			team.warmUp(effort);
			for (int round = 1; round <= effort.rounds(); round++) {
				results.add(this, entrant, round, team.turn(effort.turn().multipliedBy(TURNS)));
			}
		}
	}

}
