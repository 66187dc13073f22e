package io.dlock.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.dlock.Lease;
import io.dlock.LockUnavailableException;
import io.dlock.testing.RedisServer;
import io.dlock.testing.SentinelSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * For how long nobody can take a lock when the master dies: Sentinel's own failover, and
 * at most 1.5 s more.
 */
class FailoverOutageTests {

	@RegisterExtension
	final Cluster cluster = new Cluster().ttl(Duration.ofSeconds(10));

	@Test
	void locksCanBeTakenSoonAfterTheSwitch() throws Exception {
		assertThat(measure(1)).allMatch((longer) -> longer < 1500);
	}

	@Test
	@Tag("slow")
	void locksCanBeTakenSoonAfterEverySwitch() throws Exception {
		assertThat(measure(3)).allMatch((longer) -> longer < 1500);
	}

	private List<Long> measure(int masters) throws Exception {
		SentinelSet set = this.cluster.sentinels(1);
		Node node = this.cluster.node("node", set);
		node.lock("orders").acquire().close();
		List<Long> longer = new ArrayList<>();
		for (int i = 0; i < masters; i++) {
			set.awaitFailoverPossible();
			longer.add(measure(set, node, i + 1 < masters));
		}
		return longer;
	}

	private static long measure(SentinelSet set, Node node, boolean again) throws Exception {
		CompletableFuture<Long> switched = set.nextSwitch();
		RedisServer killed = set.currentMaster();
		long killedAt = System.nanoTime();
		killed.kill();
		Cluster.promptly("a lock again").until(() -> takes(node));
		long outage = millis(killedAt, System.nanoTime());
		long failover = millis(killedAt, switched.get(60, TimeUnit.SECONDS));
		System.out.printf("From the kill to +switch-master: %d ms; to the next lock: %d ms; difference %d ms%n",
				failover, outage, outage - failover);
		if (again) {
			killed.restart();
		}
		return outage - failover;
	}

	private static boolean takes(Node node) {
		try (Lease lease = node.lock("orders").tryAcquire().orElseThrow()) {
			return lease.isValid();
		}
		catch (LockUnavailableException ex) {
			return false;
		}
	}

	private static long millis(long from, long to) {
		return TimeUnit.NANOSECONDS.toMillis(to - from);
	}

}
