package io.dlock.soak;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;

import io.dlock.history.Limits;
import io.dlock.history.Violation;
import io.dlock.testing.RedisServer;
import io.dlock.testing.SentinelSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Several processes contend for locks under random faults, for as long as
 * {@code -Dsoak=PT10M} says.
 */
class SoakTests {

	private static final Duration DURATION = Duration.parse(System.getProperty("soak", "PT10S"));

	private static final long SEED = Long.getLong("soak.seed", new Random().nextInt(1_000_000));

	private static final List<FaultKind> FORGETTING_NOTHING = List.of(FaultKind.NODE_STOPPED_BRIEFLY,
			FaultKind.NODE_STOPPED_FOR_LONG, FaultKind.NODE_KILLED, FaultKind.CLIENTS_PAUSED, FaultKind.REDIS_STOPPED,
			FaultKind.CONNECTIONS_CUT, FaultKind.SUBSCRIPTIONS_CUT, FaultKind.SCRIPTS_FORGOTTEN,
			FaultKind.REDIS_RESTARTED);

	/** Nobody stands still here, so that how soon a loser hears can be measured. */
	private static final List<FaultKind> FORGETTING = List.of(FaultKind.ALL_DELETED, FaultKind.LOCK_DELETED,
			FaultKind.REDIS_RESTARTED, FaultKind.CONNECTIONS_CUT, FaultKind.NODE_KILLED);

	private static final List<FaultKind> UNDER_SENTINEL = List.of(FaultKind.MASTER_KILLED, FaultKind.MASTER_KILLED,
			FaultKind.CONNECTIONS_CUT, FaultKind.SUBSCRIPTIONS_CUT, FaultKind.NODE_KILLED);

	private static final Limits FORGETFUL = Limits.forgetful(Terms.TTL, Terms.RENEW_INTERVAL, Terms.COMMAND_TIMEOUT,
			Terms.SLACK);

	@Test
	void noFaultBreaksALockWhereRedisKeepsItsWrites() throws Exception {
		try (RedisServer redis = RedisServer.start("--appendonly", "yes", "--appendfsync", "always")) {
			Soak soak = new Soak("soak", DURATION, SEED, FORGETTING_NOTHING, Limits.strict(Terms.TTL, Terms.SLACK));
			assertThat(run(soak, Home.on(redis))).isEmpty();
		}
	}

	@Test
	@Tag("slow")
	void whereRedisForgetsTheTokensOrderTheHoldersAndTheLoserHears() throws Exception {
		try (RedisServer redis = RedisServer.start()) {
			Soak soak = new Soak("soak of a Redis that forgets", DURATION.dividedBy(4), SEED, FORGETTING, FORGETFUL);
			assertThat(run(soak, Home.on(redis))).isEmpty();
		}
	}

	@Test
	@Tag("slow")
	void whereMastersDieTheTokensOrderTheHoldersAndTheLoserHears() throws Exception {
		try (SentinelSet set = SentinelSet.start(2)) {
			Soak soak = new Soak("soak with Sentinel", DURATION.dividedBy(2), SEED, UNDER_SENTINEL, FORGETFUL);
			assertThat(run(soak, new SentinelHome(set))).isEmpty();
		}
	}

	private static List<Violation> run(Soak soak, Home home) throws IOException, InterruptedException {
		Path folder = Soak.folder(soak.title(), soak.seed());
		try (Cluster cluster = new Cluster(folder, soak.seed(), "", home)) {
			List<Violation> violations = soak.run(cluster);
			if (violations.isEmpty()) {
				FileSystemUtils.deleteRecursively(folder);
			}
			return violations;
		}
	}

}
