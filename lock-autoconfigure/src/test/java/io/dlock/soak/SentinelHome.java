package io.dlock.soak;

import java.time.Duration;
import java.util.List;

import io.dlock.testing.RedisServer;
import io.dlock.testing.SentinelSet;
import org.awaitility.Awaitility;

/**
 * The locks of a run are kept by whatever server is the master.
 */
final class SentinelHome extends Home {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private final SentinelSet set;

	private RedisServer killed;

	SentinelHome(SentinelSet set) {
		this.set = set;
	}

	@Override
	RedisServer redis() {
		return this.set.currentMaster();
	}

	@Override
	List<String> properties() {
		return List.of("dlock.sentinel.master=" + this.set.masterName(),
				"dlock.sentinel.nodes=" + String.join(",", this.set.nodes()));
	}

	/**
	 * Kills the master, and returns when there is another one.
	 */
	void killMaster() {
		this.killed = this.set.killMaster();
		Awaitility.await("another master")
			.atMost(PATIENCE)
			.pollInterval(Duration.ofMillis(50))
			.until(() -> this.set.currentMaster() != this.killed);
	}

	@Override
	void mend() {
		if (this.killed != null) {
			RedisServer former = this.killed;
			this.killed = null;
			former.restart();
			Awaitility.await("the former master as a replica")
				.atMost(PATIENCE)
				.ignoreExceptions() // who becomes a replica cuts its clients off
				.until(() -> former.cli("INFO", "replication").contains("master_link_status:up"));
		}
	}

}
