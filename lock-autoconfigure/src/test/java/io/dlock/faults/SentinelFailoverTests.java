package io.dlock.faults;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.dlock.Lease;
import io.dlock.Leadership;
import io.dlock.faults.Journal.What;
import io.dlock.testing.RedisServer;
import io.dlock.testing.SentinelSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A master, its replica and three sentinels; the master dies.
 */
class SentinelFailoverTests {

	@RegisterExtension
	final Cluster cluster = new Cluster().ttl(Duration.ofSeconds(30));

	@Test
	void locksOutliveTheMasterWhereTheReplicaHasThem() throws Exception {
		SentinelSet set = this.cluster.sentinels(1);
		Node holder = this.cluster.node("holder", set);
		Node waiter = this.cluster.node("waiter", set);
		Leadership leadership = holder.locks().contend("adm");
		Cluster.promptly("leads").until(leadership::isLeader);
		long term = leadership.lease().orElseThrow().fencingToken();
		Lease lease = holder.lock("orders").acquire();
		CompletableFuture<Lease> waiting = waiter.want("orders");
		this.cluster.awaitTold("waiter", What.LISTENING, "orders");
		assertThat(set.currentMaster().cli("WAIT", "1", "5000")).isEqualTo("1");

		Duration before = lease.remaining();
		long killedAt = System.nanoTime();
		RedisServer killed = set.killMaster();
		CompletableFuture<Long> failover = CompletableFuture.supplyAsync(() -> {
			Cluster.promptly("failover").until(() -> set.currentMaster() != killed);
			return millisSince(killedAt);
		});
		Cluster.promptly("renewed by the new master").until(() -> lease.remaining().compareTo(before) > 0);
		long outage = millisSince(killedAt);
		long failoverTook = failover.get(60, TimeUnit.SECONDS);
		System.out.printf("Sentinel's failover took %d ms, the holder renewed %d ms after that%n", failoverTook,
				outage - failoverTook);

		assertThat(outage - failoverTook).as("1.5 s is promised").isLessThan(1500);
		assertThat(leadership.lease().orElseThrow().fencingToken()).as("the same term").isEqualTo(term);
		assertThat(set.currentMaster().cli("GET", "dlock:{orders}")).contains(" " + lease.fencingToken() + " ");
		Cluster.promptly("the waiter listens at the new master").until(() -> waitsListening(set, waiter));
		assertThat(waiting).isNotDone();
		lease.close();
		long releasedAt = System.nanoTime();
		Lease next = waiting.get(30, TimeUnit.SECONDS);
		long handOff = millisSince(releasedAt);
		System.out.printf("The next had the lock %d ms after the release%n", handOff);
		assertThat(handOff).as("pushed, not polled").isLessThan(5000);
		assertThat(next.fencingToken()).isGreaterThan(lease.fencingToken());
		next.close();
		leadership.close();
	}

	/** Told of its grant, or else it would find out after a third of the TTL: 10 s. */
	private static boolean waitsListening(SentinelSet set, Node waiter) {
		String id = waiter.locks().instanceId();
		RedisServer master = set.currentMaster();
		return master.cli("HGET", "dlock:{orders}:waiting", id).endsWith(" L")
				&& master.cli("PUBSUB", "NUMSUB", "dlock:grants:" + id).endsWith("\n1");
	}

	private static long millisSince(long nanos) {
		return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
	}

}
