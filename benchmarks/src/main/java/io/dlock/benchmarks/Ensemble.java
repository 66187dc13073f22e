package io.dlock.benchmarks;

import java.util.EnumMap;
import java.util.Map;

/**
 * The contestants of scenarios that follow one another, and their Redis. Their processes
 * go on from one scenario to the next: to start one takes seconds, and what it has
 * compiled is there already.
 */
final class Ensemble implements AutoCloseable {

	private final Kind kind;

	private final Stage stage;

	private final Map<Entrant, Team> teams = new EnumMap<>(Entrant.class);

	Ensemble(Kind kind, Stage stage) {
		this.kind = kind;
		this.stage = stage;
	}

	Kind kind() {
		return this.kind;
	}

	Team team(Entrant entrant) {
		return this.teams.computeIfAbsent(entrant, (missing) -> new Team(missing, Setting.DEFAULT_TTL, this.stage));
	}

	@Override
	public void close() {
		this.teams.values().forEach(Team::close);
		this.stage.close();
	}

	/**
	 * Who can go on together.
	 */
	enum Kind {

		/** One process each, and Redis and clients have a processor each. */
		PINNED,

		/** One process each. */
		SINGLE,

		/** Several processes each. */
		CLUSTER

	}

}
