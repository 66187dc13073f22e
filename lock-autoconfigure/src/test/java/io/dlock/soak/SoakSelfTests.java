package io.dlock.soak;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.dlock.history.Limits;
import io.dlock.history.Rule;
import io.dlock.history.SeededBug;
import io.dlock.history.Violation;
import io.dlock.testing.RedisServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The whole of a soak finds a bug that its nodes have: what they see is written down,
 * read and judged. Which bugs the checker finds, simulated worlds show without processes.
 */
@Tag("slow")
class SoakSelfTests {

	private static final Duration DURATION = Duration.ofSeconds(8);

	/** Chance may spare a run; it does not spare several. */
	private static final int RUNS = 5;

	private static final List<FaultKind> FAULTS = List.of(FaultKind.NODE_KILLED, FaultKind.NODE_STOPPED_FOR_LONG,
			FaultKind.SUBSCRIPTIONS_CUT);

	@ParameterizedTest
	@CsvSource({ "SET_WITHOUT_NX, EXCLUSION", "RELEASE_WITHOUT_COMPARE, EXCLUSION", "WAKE_UP_BY_PUSH_ONLY, WAITING" })
	void findsABugInItsNodes(SeededBug bug, Rule broken) throws Exception {
		boolean found = false;
		for (long seed = 1; seed <= RUNS && !found; seed++) {
			found = run(bug, seed).stream().anyMatch((violation) -> violation.rule() == broken);
		}
		assertThat(found).as("%s breaks %s, and that is seen", bug, broken).isTrue();
	}

	private static List<Violation> run(SeededBug bug, long seed) throws IOException, InterruptedException {
		Soak soak = new Soak("soak with " + bug, DURATION, seed, FAULTS, Limits.strict(Terms.TTL, Terms.SLACK));
		Path folder = Soak.folder(soak.title(), seed);
		try (RedisServer redis = RedisServer.start();
				Cluster cluster = new Cluster(folder, seed, bug.name(), Home.on(redis))) {
			return soak.run(cluster);
		}
		finally {
			FileSystemUtils.deleteRecursively(folder);
		}
	}

}
