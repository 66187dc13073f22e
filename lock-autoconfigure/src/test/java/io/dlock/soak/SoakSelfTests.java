package io.dlock.soak;

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

	@ParameterizedTest
	@CsvSource({ "SET_WITHOUT_NX, EXCLUSION", "RELEASE_WITHOUT_COMPARE, EXCLUSION", "WAKE_UP_BY_PUSH_ONLY, WAITING" })
	void findsABugInItsNodes(SeededBug bug, Rule broken) throws Exception {
		Soak soak = new Soak("soak with " + bug, DURATION, 1,
				List.of(FaultKind.NODE_KILLED, FaultKind.SUBSCRIPTIONS_CUT), Limits.strict(Terms.TTL, Terms.SLACK));
		Path folder = Soak.folder(soak.title(), soak.seed());
		try (RedisServer redis = RedisServer.start();
				Cluster cluster = new Cluster(folder, soak.seed(), bug.name(), () -> redis,
						List.of("dlock.host=" + redis.host(), "dlock.port=" + redis.port()))) {
			assertThat(soak.run(cluster)).extracting(Violation::rule).contains(broken);
		}
		FileSystemUtils.deleteRecursively(folder);
	}

}
