package io.dlock.faults;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.dlock.Lease;
import io.dlock.LockUnavailableException;
import io.dlock.LossCause;
import io.dlock.faults.Journal.What;
import io.dlock.testing.RedisServer;
import io.dlock.testing.SentinelSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A master is cut off together with a holder, and with a sentinel that goes on naming it.
 * All others are on the other side: the replica, three sentinels, who else wants the
 * lock.
 */
class SentinelPartitionTests {

	private static final String ON_THIS_SIDE = "here";

	/** For this long the master goes on alone, and a second more until it looks. */
	private static final int MAX_LAG_SECONDS = 2;

	@RegisterExtension
	final Cluster cluster = new Cluster().ttl(Duration.ofSeconds(6));

	@Test
	void aMasterThatIsCutOffRefusesAndItsHolderHearsThatItHasLost() throws Exception {
		this.cluster.redisLosesWrites();
		SentinelSet set = this.cluster.sentinelsApart(1, "--min-replicas-to-write", "1", "--min-replicas-max-lag",
				String.valueOf(MAX_LAG_SECONDS));
		RedisServer cutOff = set.currentMaster();
		RedisServer beside = this.cluster.closing(set.startBeside(ON_THIS_SIDE));
		Node holder = this.cluster.node("holder", ON_THIS_SIDE, List.of(beside.address()));
		Node other = this.cluster.node("other", set);
		Lease lease = holder.lock("orders").acquire();
		assertThat(cutOff.cli("WAIT", "1", "5000")).isEqualTo("1");

		set.network().freeze();
		long cutAt = System.nanoTime();
		CompletableFuture<Lease> waiting = other.want("orders");
		this.cluster.awaitTold("holder", What.LOST, "orders");
		long lostAfter = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - cutAt);
		System.out.printf("The holder that was cut off with the master lost its lock after %d ms%n", lostAfter);
		assertThat(lostAfter)
			.isLessThan(Duration.ofSeconds(MAX_LAG_SECONDS + 1).plus(this.cluster.ttl()).toMillis() + 3000);
		assertThat(this.cluster.journal().entries("holder", What.LOST, "orders").get(0).detail())
			.isEqualTo(LossCause.EXPIRED.name());
		assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(() -> holder.lock("more").tryAcquire())
			.withMessageContaining("NOREPLICAS");

		Lease next = waiting.get(60, TimeUnit.SECONDS);
		assertThat(next.fencingToken()).isGreaterThan(lease.fencingToken());
		assertThat(set.currentMaster()).isNotSameAs(cutOff);
		lease.close();
		next.close();
	}

}
