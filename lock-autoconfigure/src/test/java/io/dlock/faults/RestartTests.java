package io.dlock.faults;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.dlock.Lease;
import io.dlock.LossCause;
import io.dlock.faults.Journal.What;
import io.dlock.testing.RedisServer;
import io.dlock.testing.TcpProxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A Redis that dies and comes back: with all it knew, with nothing, or slowly.
 */
class RestartTests {

	@RegisterExtension
	final Cluster cluster = new Cluster().ttl(Duration.ofSeconds(10)).commandTimeout(Duration.ofMillis(500));

	@Test
	void aHolderTellsARedisThatRestartsEmptyWhatItHolds() throws Exception {
		RedisServer redis = this.cluster.redis();
		Node holder = this.cluster.node("holder", redis);
		Node waiter = this.cluster.node("waiter", redis);
		Lease lease = holder.lock("orders").acquire();
		CompletableFuture<Lease> waiting = waiter.want("orders");
		this.cluster.awaitTold("waiter", What.LISTENING, "orders");
		long fence = Long.parseLong(redis.cli("GET", "dlock:{orders}:fence"));

		redis.restart();
		long restartedAt = System.nanoTime();
		Cluster.promptly("in Redis again").until(() -> !redis.cli("GET", "dlock:{orders}").isEmpty());
		System.out.printf("A Redis that restarted empty knew the holder again after %d ms%n", millisSince(restartedAt));
		assertThat(redis.cli("GET", "dlock:{orders}")).contains(" " + lease.fencingToken() + " ");
		assertThat(Long.parseLong(redis.cli("GET", "dlock:{orders}:fence"))).isGreaterThanOrEqualTo(fence);
		assertThat(lease.isValid()).isTrue();
		Cluster.promptly("the waiter is back in the queue")
			.until(() -> redis.cli("HKEYS", "dlock:{orders}:waiting").startsWith("waiter"));
		assertThat(waiting).isNotDone();

		lease.close();
		Lease next = waiting.get(30, TimeUnit.SECONDS);
		assertThat(next.fencingToken()).isGreaterThan(lease.fencingToken());
		next.close();
	}

	@Test
	void aHolderThatComesBackTooLateAfterARestartHearsThatItHasLost() throws Exception {
		this.cluster.redisLosesWrites();
		RedisServer redis = this.cluster.redis();
		TcpProxy network = this.cluster.proxy(redis);
		Node holder = this.cluster.node("holder", network);
		Node other = this.cluster.node("other", redis);
		Lease lease = holder.lock("orders").acquire();
		network.refuse();
		redis.restart();
		Lease next = other.lock("orders").acquire();

		network.pass();
		long backAt = System.nanoTime();
		this.cluster.awaitTold("holder", What.LOST, "orders");
		System.out.printf("A holder of which Redis knew nothing any more heard of it %d ms after it was back%n",
				millisSince(backAt));
		assertThat(millisSince(backAt)).isLessThan(this.cluster.lossTold().toMillis());
		assertThat(this.cluster.journal().entries("holder", What.LOST, "orders").get(0).detail())
			.isEqualTo(LossCause.TAKEN.name());
		assertThat(next.fencingToken()).as("tells them apart").isGreaterThan(lease.fencingToken());
		assertThat(next.isValid()).isTrue();
		lease.close();
		assertThat(redis.cli("GET", "dlock:{orders}")).contains(" " + next.fencingToken() + " ");
		next.close();
	}

	@Test
	void aRedisThatWritesEverythingDownKeepsTheLocks() throws Exception {
		RedisServer redis = this.cluster.redis("--appendonly", "yes", "--appendfsync", "always");
		Node holder = this.cluster.node("holder", redis);
		Lease lease = holder.lock("orders").acquire();
		String held = redis.cli("GET", "dlock:{orders}");
		Duration before = lease.remaining();

		redis.restart();
		assertThat(redis.cli("GET", "dlock:{orders}")).isEqualTo(held);
		Cluster.promptly("renewed").until(() -> lease.remaining().compareTo(before) > 0);
		assertThat(redis.cli("GET", "dlock:{orders}")).isEqualTo(held);
		lease.close();
		assertThat(this.cluster.journal().entries("holder", What.LOST, "orders")).isEmpty();
	}

	private static long millisSince(long nanos) {
		return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
	}

}
