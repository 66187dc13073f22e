package io.dlock.faults;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.dlock.Lease;
import io.dlock.faults.Journal.What;
import io.dlock.testing.RedisServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Processes that are killed, or stand still for a while.
 */
class StoppedProcessTests {

	@RegisterExtension
	final Cluster cluster = new Cluster().ttl(Duration.ofSeconds(1)).commandTimeout(Duration.ofSeconds(1));

	private final RedisServer redis = this.cluster.redis();

	@Test
	void aHolderThatIsKilledCostsTheNextOneTtl() throws Exception {
		ChildNode holder = this.cluster.child("holder", this.redis);
		Node waiter = this.cluster.node("waiter", this.redis).connected();
		holder.acquire("orders");
		CompletableFuture<Lease> waiting = waiter.want("orders");
		this.cluster.awaitTold("waiter", What.LISTENING, "orders");

		holder.kill();
		long killedAt = System.nanoTime();
		long leftInRedis = Long.parseLong(this.redis.cli("PTTL", "dlock:{orders}"));
		Lease lease = waiting.get(30, TimeUnit.SECONDS);
		long waited = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killedAt);
		System.out.printf("A killed holder's TTL ended %d ms after the kill, the next had the lock after %d ms%n",
				leftInRedis, waited);
		assertThat(waited).isBetween(leftInRedis - 50, leftInRedis + 1000);
		lease.close();
	}

	@Test
	void aHolderThatStoodStillForLongerThanItsTtlKnowsItWithItsFirstStep() throws Exception {
		ChildNode holder = this.cluster.child("holder", this.redis);
		Node waiter = this.cluster.node("waiter", this.redis).connected();
		holder.acquire("orders");
		holder.tell("lock", "reports");
		CompletableFuture<Lease> orders = waiter.want("orders");
		CompletableFuture<Lease> reports = waiter.want("reports");
		this.cluster.awaitTold("waiter", What.LISTENING, "orders");
		this.cluster.awaitTold("waiter", What.LISTENING, "reports");

		holder.pause();
		Lease lease = orders.get(30, TimeUnit.SECONDS);
		Lease other = reports.get(30, TimeUnit.SECONDS);
		holder.resume();

		assertThat(holder.isValid("orders")).isFalse();
		this.cluster.awaitTold("holder", What.LOST, "orders");
		holder.tell("close", "orders");
		assertThat(holder.ask("unlock", "reports")).succeedsWithin(Duration.ofSeconds(30))
			.asString()
			.contains("LeaseLostException");
		assertThat(waiter.locks().holder("orders")).hasValueSatisfying(
				(found) -> assertThat(found.fencingToken()).as("the new holder's").isEqualTo(lease.fencingToken()));
		assertThat(waiter.locks().holder("reports")).hasValueSatisfying(
				(found) -> assertThat(found.fencingToken()).as("the new holder's").isEqualTo(other.fencingToken()));
		assertThat(lease.isValid()).isTrue();
		lease.close();
		other.close();
	}

	@Test
	@Tag("slow")
	void aHolderWhoseGarbageCollectionLastedLongerThanItsTtlKnowsItWithItsFirstStep() throws Exception {
		this.cluster.ttl(Duration.ofMillis(200));
		ChildNode holder = this.cluster.child("holder", this.redis, "-Xmx3g", "-XX:+UseSerialGC");
		Node waiter = this.cluster.node("waiter", this.redis).connected();
		long wanted = 2 * this.cluster.ttl().toMillis();
		assertThat(Long.parseLong(holder.tell("fill", String.valueOf(wanted)))).isGreaterThan(wanted);
		Cluster.promptly("it has recovered").until(() -> !holder.tell("acquire", "orders").startsWith("!"));
		CompletableFuture<Lease> waiting = waiter.want("orders");
		this.cluster.awaitTold("waiter", What.LISTENING, "orders");

		CompletableFuture<String> collection = holder.ask("collect", "");
		Lease lease = waiting.get(30, TimeUnit.SECONDS);
		assertThat(collection).as("still busy with garbage").isNotDone();
		System.out.printf("A collection of %s ms cost a lock of %d ms%n", collection.get(30, TimeUnit.SECONDS),
				this.cluster.ttl().toMillis());
		assertThat(holder.isValid("orders")).isFalse();
		this.cluster.awaitTold("holder", What.LOST, "orders");
		holder.tell("close", "orders");
		lease.close();
	}

	@Test
	void aWaiterThatStoodStillWhileItsGrantCameAndWentDoesNotUseIt() throws Exception {
		Node holder = this.cluster.node("holder", this.redis).connected();
		ChildNode stopped = this.cluster.child("stopped", this.redis);
		Node third = this.cluster.node("third", this.redis).connected();
		Lease first = holder.lock("orders").acquire();
		CompletableFuture<String> waiting = stopped.want("orders");
		this.cluster.awaitTold("stopped", What.LISTENING, "orders");

		stopped.pause();
		first.close();
		assertThat(third.locks().holder("orders")).as("Redis has granted it to the one that stands still")
			.hasValueSatisfying((found) -> assertThat(found.instanceId()).startsWith("stopped"));
		Lease second = third.lock("orders").acquire();
		stopped.resume();

		assertThat(stopped.tell("ping", "")).isEqualTo("");
		assertThat(second.isValid()).isTrue();
		assertThat(waiting).isNotDone();
		second.close();
		assertThat(Long.parseLong(waiting.get(30, TimeUnit.SECONDS))).isGreaterThan(second.fencingToken());
		stopped.tell("close", "orders");
	}

	@Test
	void aWaiterThatStandsStillAtTheHeadOfTheQueueCostsAtMostOneTtl() throws Exception {
		Node holder = this.cluster.node("holder", this.redis).connected();
		ChildNode stopped = this.cluster.child("stopped", this.redis);
		Node third = this.cluster.node("third", this.redis).connected();
		Lease first = holder.lock("orders").acquire();
		CompletableFuture<String> waiting = stopped.want("orders");
		this.cluster.awaitTold("stopped", What.LISTENING, "orders");
		CompletableFuture<Lease> behind = third.want("orders");
		this.cluster.awaitTold("third", What.LISTENING, "orders");

		stopped.pause();
		first.close();
		long releasedAt = System.nanoTime();
		Lease second = behind.get(30, TimeUnit.SECONDS);
		long waited = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - releasedAt);
		System.out.printf("A waiter that stands still at the head of the queue cost %d ms of a TTL of %d ms%n", waited,
				this.cluster.ttl().toMillis());
		assertThat(waited).isLessThan(this.cluster.ttl().toMillis() + 1000);

		long seenLast = System.nanoTime();
		Cluster.promptly("it has not been seen for longer than its TTL")
			.until(() -> System.nanoTime() - seenLast > this.cluster.ttl().toNanos());
		CompletableFuture<Lease> next = holder.want("orders");
		this.cluster.awaitTold("holder", What.LISTENING, "orders");
		second.close();
		long skippedAt = System.nanoTime();
		Lease last = next.get(30, TimeUnit.SECONDS);
		System.out.printf("and %d ms when it had not been seen for that long%n",
				TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - skippedAt));
		stopped.resume();
		last.close();
		waiting.get(30, TimeUnit.SECONDS);
		stopped.tell("close", "orders");
	}

}
