package io.dlock.faults;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.dlock.Lease;
import io.dlock.LockUnavailableException;
import io.dlock.LossCause;
import io.dlock.faults.Journal.What;
import io.dlock.testing.CommandRecorder;
import io.dlock.testing.RedisServer;
import io.dlock.testing.SentinelSet;
import io.dlock.testing.TcpProxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A master dies before its replica has what was written last.
 */
class SentinelLostWriteTests {

	@RegisterExtension
	final Cluster cluster = new Cluster().ttl(Duration.ofSeconds(20));

	private final SentinelSet set = this.cluster.sentinels(1);

	@Test
	void aHolderOfWhomThePromotedReplicaKnowsNothingTellsIt() throws Exception {
		Node holder = this.cluster.node("holder", this.set);
		Node waiter = this.cluster.node("waiter", this.set);
		List<RedisServer> cutOff = this.set.cutReplicasOff();
		Lease lease = holder.lock("orders").acquire();
		CompletableFuture<Lease> waiting = waiter.want("orders");
		this.cluster.awaitTold("waiter", What.LISTENING, "orders");
		RedisServer promoted = failOver(cutOff);

		Cluster.promptly("held again").until(() -> isHeldBy(lease, promoted));
		assertThat(lease.isValid()).isTrue();
		assertThat(this.cluster.journal().entries(What.LOST, "orders")).isEmpty();
		Cluster.promptly("waits again").until(() -> !promoted.cli("HKEYS", "dlock:{orders}:waiting").isEmpty());
		assertThat(waiting).isNotDone();
		lease.close();
		Lease next = waiting.get(30, TimeUnit.SECONDS);
		assertThat(next.fencingToken()).isGreaterThan(lease.fencingToken());
		next.close();
	}

	/**
	 * The holder cannot ask the sentinels, so that the other comes first.
	 */
	@Test
	void aHolderWhomThePromotedReplicaHasReplacedHearsThatItHasLost() throws Exception {
		this.cluster.redisLosesWrites();
		List<TcpProxy> views = this.set.sentinels().stream().map(this.cluster::proxy).toList();
		Node holder = this.cluster.node("holder", this.set,
				views.stream().map((view) -> "127.0.0.1:" + view.port()).toList());
		Node other = this.cluster.node("other", this.set);
		other.lock("warm").acquire().close();
		List<RedisServer> cutOff = this.set.cutReplicasOff();
		Lease lease = holder.lock("orders").acquire();
		views.forEach(TcpProxy::freeze);
		failOver(cutOff);
		Lease next = other.lock("orders").acquire();
		assertThat(next.fencingToken()).as("tells them apart").isGreaterThan(lease.fencingToken());

		views.forEach(TcpProxy::pass);
		long from = System.nanoTime();
		this.cluster.awaitTold("holder", What.LOST, "orders");
		System.out.printf("The holder whose write was lost heard of it %d ms after it could ask the sentinels%n",
				millisSince(from));
		assertThat(millisSince(from)).isLessThan(this.cluster.lossTold().toMillis());
		assertThat(this.cluster.journal().entries("holder", What.LOST, "orders").get(0).detail())
			.isEqualTo(LossCause.TAKEN.name());
		assertThat(next.isValid()).isTrue();
		lease.close();
		next.close();
	}

	/** The same, but for the setting: instead of a lease that is lost there is none. */
	@Test
	void whereReplicasHaveToAcknowledgeTheAttemptFailsInstead() throws Exception {
		Node holder = this.cluster.node("holder", this.set, "dlock.replicas.min-acks=1",
				"dlock.replicas.ack-timeout=300ms");
		Node other = this.cluster.node("other", this.set);
		holder.lock("orders").acquire().close();
		List<RedisServer> cutOff = this.set.cutReplicasOff();
		assertThatExceptionOfType(LockUnavailableException.class)
			.isThrownBy(() -> holder.lock("orders").tryAcquire(Duration.ofSeconds(1)))
			.withMessageContaining("dlock.replicas.min-acks");
		failOver(cutOff);
		try (Lease next = other.lock("orders").acquire()) {
			assertThat(next.isValid()).isTrue();
			assertThat(this.cluster.journal().entries("holder", What.ACQUIRED, "orders")).as("only the first")
				.hasSize(1);
			assertThat(this.cluster.journal().entries(What.LOST, "orders")).isEmpty();
		}
	}

	/**
	 * To the promoted replica one instance still holds the lock and another waits, though
	 * both have had it and given it back.
	 */
	@Test
	void aGrantFromAnOldStateIsGivenBack() throws Exception {
		Duration staleTtl = Duration.ofSeconds(4);
		Node first = this.cluster.node("first", this.set);
		Node second = this.cluster.node("second", this.set);
		Node third = this.cluster.node("third", this.set);
		Lease lease = first.lock("orders", staleTtl).acquire();
		CompletableFuture<Lease> waiting = second.want("orders");
		this.cluster.awaitTold("second", What.LISTENING, "orders");
		assertThat(this.set.currentMaster().cli("WAIT", "1", "5000")).isEqualTo("1");
		List<RedisServer> cutOff = this.set.cutReplicasOff();
		lease.close();
		Lease latest = waiting.get(30, TimeUnit.SECONDS);
		latest.close();
		RedisServer promoted = failOver(cutOff);
		CommandRecorder recorder = this.cluster.record(promoted);
		Cluster.promptly("second listens")
			.until(() -> promoted.cli("PUBSUB", "NUMSUB", "dlock:grants:" + second.locks().instanceId())
				.endsWith("\n1"));

		Lease next = third.lock("orders").acquire();
		Cluster.promptly("the leftover is given back")
			.until(() -> recorder.commands(promoted)
				.stream()
				.anyMatch((command) -> command.contains("{orders}") && command.contains(second.locks().instanceId())));
		assertThat(this.cluster.journal().entries("second", What.ACQUIRED, "orders")).as("and not used").hasSize(1);
		assertThat(next.fencingToken()).isGreaterThan(latest.fencingToken());
		next.close();
	}

	private RedisServer failOver(List<RedisServer> cutOff) {
		RedisServer killed = this.set.killMaster();
		cutOff.forEach(RedisServer::resume);
		Cluster.promptly("failover").until(() -> this.set.currentMaster() != killed);
		return this.set.currentMaster();
	}

	private static boolean isHeldBy(Lease lease, RedisServer server) {
		return server.cli("GET", "dlock:{" + lease.key() + "}").contains(" " + lease.fencingToken() + " ");
	}

	private static long millisSince(long nanos) {
		return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
	}

}
