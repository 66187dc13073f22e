package io.dlock.soak;

import java.time.Duration;
import java.util.List;

import io.dlock.testing.RedisServer;
import io.dlock.testing.SentinelSet;
import org.awaitility.Awaitility;

/**
 * Where the locks of a run are kept.
 */
abstract class Home {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	/**
	 * The server that has them now.
	 */
	abstract RedisServer redis();

	/**
	 * How the nodes find it.
	 */
	abstract List<String> properties();

	/**
	 * Kills the master, and returns when there is another one.
	 */
	void killMaster() {
		throw new UnsupportedOperationException("There is no other server");
	}

	/**
	 * Starts what was killed, and returns when it is of use again.
	 */
	void mend() {
	}

	static Home on(RedisServer server) {
		return new Home() {

			@Override
			RedisServer redis() {
				return server;
			}

			@Override
			List<String> properties() {
				return List.of("dlock.host=" + server.host(), "dlock.port=" + server.port());
			}

		};
	}

	static Home of(SentinelSet set) {
		return new Home() {

			private RedisServer killed;

			@Override
			RedisServer redis() {
				return set.currentMaster();
			}

			@Override
			List<String> properties() {
				return List.of("dlock.sentinel.master=" + set.masterName(),
						"dlock.sentinel.nodes=" + String.join(",", set.nodes()));
			}

			@Override
			void killMaster() {
				this.killed = set.killMaster();
				Awaitility.await("another master")
					.atMost(PATIENCE)
					.pollInterval(Duration.ofMillis(50))
					.until(() -> set.currentMaster() != this.killed);
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

		};
	}

}
