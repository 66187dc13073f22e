package io.dlock.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

import io.dlock.benchmarks.Job.Kind;

/**
 * One process takes many locks and keeps them alive; what that costs is measured for as
 * long as a TTL takes, in which each lock is renewed three times.
 *
 * @param name a short name
 * @param title for people
 * @param leases how many
 * @param ttl of each
 * @param rounds how often, at most
 * @param entrants who takes part
 */
record KeepScenario(String name, String title, int leases, Duration ttl, int rounds,
		List<Entrant> entrants) implements Scenario {

	private static final int RENEWALS = 3;

	@Override
	public void play(Theatre theatre, Effort effort, Results results) throws Exception {
		for (int round = 1; round <= Math.min(this.rounds, effort.rounds()); round++) {
			for (Entrant entrant : this.entrants) {
				try (Stage stage = theatre.stage(); Team team = new Team(entrant, this.ttl, stage)) {
					team.take(Job.of(Kind.KEEP, this.leases), 1).work(this.ttl);
					results.add(this, entrant, round, watch(team, stage));
				}
			}
		}
	}

	private Figures watch(Team team, Stage stage) throws IOException, InterruptedException {
		ScriptCount count = new ScriptCount(stage.redis());
		count.start();
		Figures figures = team.work(this.ttl);
		count.end();
		double seconds = this.ttl.toMillis() / 1e3;
		long left = Long.parseLong(stage.redis().ask(howManyAreLeft(team.entrant())));
		return new Figures().with(Metric.COMMANDS_PER_SECOND, count.mean())
			.with(Metric.COMMANDS_PER_RENEWAL, count.mean() * seconds / (this.leases * RENEWALS))
			.with(Metric.WORST_SECOND, count.worst() / count.mean())
			.with(Metric.CLIENT_LOAD, figures.get(Metric.CLIENT_CPU) / 1e3 / seconds)
			.with(Metric.REDIS_LOAD, figures.get(Metric.REDIS_CPU) / 1e3 / seconds)
			.with(Metric.LOST, this.leases - left)
			.with(Metric.BYTES_PER_LEASE, figures.get(Metric.BYTES_PER_LEASE))
			.with(Metric.HEAP, figures.get(Metric.HEAP))
			.with(Metric.THREADS, figures.get(Metric.THREADS));
	}

	private String howManyAreLeft(Entrant entrant) {
		String key = Job.key(entrant) + ":";
		String names = (entrant == Entrant.DLOCK) ? "dlock:{" + key + " }" : key + " \"\"";
		return ("EVAL \"local n = 0 for i = 0, ARGV[3] - 1 do "
				+ "n = n + redis.call('exists', ARGV[1] .. i .. ARGV[2]) end return n\" 0 %s %d")
			.formatted(names, this.leases);
	}

}
