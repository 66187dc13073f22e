package io.dlock.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;

import io.dlock.history.Checker;
import io.dlock.history.History;
import io.dlock.history.Limits;
import io.dlock.history.Violation;

/**
 * One run: nodes at work, faults at random, and the judgement.
 *
 * @param title what it is called
 * @param duration for how long faults are injected
 * @param seed of all that is left to chance: the faults, and what the nodes want when
 * @param kinds the faults, each as likely as the others
 * @param limits what is promised meanwhile
 */
record Soak(String title, Duration duration, long seed, List<FaultKind> kinds, Limits limits) {

	/**
	 * Runs it on a cluster, and prints the summary.
	 * @return what was promised and not kept
	 */
	List<Violation> run(Cluster cluster) throws IOException, InterruptedException {
		System.out.printf("%n%s: %s of faults, -Dsoak.seed=%d%n", this.title, this.duration, this.seed);
		mistreat(cluster);
		// The last fault is to be over, and everything to have recovered.
		cluster.awaitWork();
		Pace.rest(Terms.TTL.plus(Terms.SLACK));
		History history = cluster.end();
		List<Violation> violations = Checker.check(history, this.limits);
		System.out.println(new Summary(history, violations));
		return violations;
	}

	private void mistreat(Cluster cluster) {
		Random random = new Random(this.seed);
		long end = System.nanoTime() + this.duration.toNanos();
		while (System.nanoTime() - end < 0) {
			Pace.rest(rest(random));
			FaultKind kind = this.kinds.get(random.nextInt(this.kinds.size()));
			Duration duration = kind.duration(random);
			long beganAt = System.nanoTime();
			String node = kind.inflict(cluster, random, duration);
			cluster.injected(kind, node, beganAt);
			cluster.mend();
		}
	}

	/**
	 * One in four comes at once after the last; one in four so late that everything must
	 * have recovered before.
	 */
	private static Duration rest(Random random) {
		return switch (random.nextInt(4)) {
			case 0 -> Duration.ZERO;
			case 1 -> Terms.TTL.plus(Terms.SLACK).plusMillis(random.nextInt(2_000));
			default -> Duration.ofMillis(random.nextInt(1_500));
		};
	}

	/**
	 * A folder for what the nodes write, under the build's own.
	 */
	static Path folder(String title, long seed) throws IOException {
		Path parent = Files.createDirectories(Path.of("target", "soak"));
		return Files.createTempDirectory(parent, title.replace(' ', '-') + "-" + seed + "-").toAbsolutePath();
	}

}
