package io.dlock.faults;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.dlock.Lease;
import io.dlock.LockUnavailableException;
import io.dlock.faults.Journal.What;
import io.dlock.testing.RedisServer;
import io.dlock.testing.TcpProxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A network that delays, loses, and says nothing.
 */
class NetworkFaultTests {

	@RegisterExtension
	final Cluster cluster = new Cluster().ttl(Duration.ofSeconds(1)).commandTimeout(Duration.ofMillis(300));

	private final RedisServer redis = this.cluster.redis();

	private final TcpProxy network = this.cluster.proxy(this.redis);

	private final Node far = this.cluster.node("far", this.network);

	private final Node near = this.cluster.node("near", this.redis);

	@Test
	void aHolderThatIsCutOffIsInvalidBeforeItsTtlEndsInRedis() throws Exception {
		Lease lease = this.far.lock("orders").acquire();
		CompletableFuture<Lease> waiting = this.near.want("orders");
		this.cluster.awaitTold("near", What.LISTENING, "orders");
		this.network.freeze();

		Cluster.promptly("gone in Redis").until(() -> !isHeldInRedisBy(lease));
		assertThat(lease.isValid()).isFalse();
		Lease next = waiting.get(30, TimeUnit.SECONDS);
		assertThat(this.cluster.journal().entries("far", What.LOST, "orders")).as("told before the next one had it")
			.hasSize(1);
		this.network.pass();
		this.far.lock("other").acquire().close();
		assertThat(next.isValid()).isTrue();
		next.close();
	}

	@Test
	void aWaiterThatIsCutOffLeavesOnTimeAndRecovers() throws Exception {
		Lease lease = this.near.lock("orders").acquire();
		CompletableFuture<Lease> endless = this.far.lock("orders").acquireAsync();
		this.cluster.awaitTold("far", What.LISTENING, "orders");
		this.network.freeze();

		long from = System.nanoTime();
		assertThatExceptionOfType(LockUnavailableException.class)
			.isThrownBy(() -> this.far.lock("orders").tryAcquire(Duration.ofMillis(800)));
		assertThat(millisSince(from)).isBetween(800L, 800L + 1000);
		endless.cancel(false);
		this.network.pass();

		CompletableFuture<Lease> waiting = this.far.want("orders");
		lease.close();
		waiting.get(30, TimeUnit.SECONDS).close();
	}

	@Test
	void aHalfOpenConnectionIsReplaced() throws Exception {
		Lease lease = this.far.lock("held", Duration.ofSeconds(5)).acquire();
		this.network.stall();
		long stalledAt = System.nanoTime();

		Duration before = lease.remaining();
		Cluster.promptly("renewed on another connection").until(() -> lease.remaining().compareTo(before) > 0);
		System.out.printf("A half-open connection was replaced after %d ms%n", millisSince(stalledAt));
		awaitSubscribers(1);
		assertIsPushedAGrant();
		lease.close();
	}

	/**
	 * Redis has given the channel up, and the instance is not told: nothing but its own
	 * question would show it. Until then each hand-over passes it over.
	 */
	@Test
	void aHalfOpenChannelIsReplacedThoughCommandsPass() throws Exception {
		this.far.connected();
		awaitSubscribers(1);
		this.network.swallowSubscriptions();
		this.redis.cli("CLIENT", "KILL", "TYPE", "pubsub");
		awaitSubscribers(0);

		Lease lease = this.near.connected().lock("orders").acquire();
		CompletableFuture<Lease> passedOver = this.far.want("orders");
		awaitSubscribers(1);
		lease.close();
		passedOver.get(30, TimeUnit.SECONDS).close();
		assertIsPushedAGrant();
	}

	/**
	 * The address leads to another server, and only the connection for commands breaks.
	 */
	@Test
	void theChannelFollowsTheCommandsToAnotherServer() throws Exception {
		this.far.connected();
		awaitSubscribers(1);
		RedisServer other = this.cluster.redis();
		this.network.leadTo(other);
		this.redis.cli("CLIENT", "KILL", "TYPE", "normal");

		awaitSubscribers(other, 1);
		awaitSubscribers(this.redis, 0);
		assertIsPushedAGrant(this.cluster.node("beside", other).connected(), other);
	}

	@Test
	void aWaiterWhoseChannelIsCutLosesNoWakeUp() throws Exception {
		long longest = 0;
		for (int i = 0; i < 20; i++) {
			Lease lease = this.near.lock("orders", Duration.ofSeconds(30)).acquire();
			CompletableFuture<Lease> waiting = this.far.lock("orders", Duration.ofSeconds(30)).acquireAsync();
			awaitInQueue("far");
			this.redis.cli("CLIENT", "KILL", "TYPE", "pubsub");
			lease.close();
			long releasedAt = System.nanoTime();
			waiting.get(30, TimeUnit.SECONDS).close();
			longest = Math.max(longest, millisSince(releasedAt));
		}
		System.out.printf("A waiter whose channel was cut had the lock after at most %d ms%n", longest);
		assertThat(longest).as("long before it would have asked again by itself: 10 s").isLessThan(5000);
	}

	@Test
	void aChannelThatWasCutComesBack() throws Exception {
		this.far.connected();
		awaitSubscribers(1);
		this.redis.cli("CLIENT", "KILL", "TYPE", "pubsub");
		awaitSubscribers(1);
		assertIsPushedAGrant();
	}

	private void awaitSubscribers(int count) {
		awaitSubscribers(this.redis, count);
	}

	private void awaitSubscribers(RedisServer server, int count) {
		String channel = "dlock:grants:" + this.far.locks().instanceId();
		Cluster.promptly("subscribed %d times".formatted(count))
			.until(() -> server.cli("PUBSUB", "NUMSUB", channel).endsWith("\n" + count));
	}

	private void assertIsPushedAGrant() throws Exception {
		assertIsPushedAGrant(this.near, this.redis);
	}

	/** Soon: by itself it would ask again only after 10 s. */
	private void assertIsPushedAGrant(Node holder, RedisServer server) throws Exception {
		Lease lease = holder.lock("orders", Duration.ofSeconds(30)).acquire();
		CompletableFuture<Lease> waiting = this.far.lock("orders", Duration.ofSeconds(30)).acquireAsync();
		awaitInQueue(server, "far");
		lease.close();
		assertThat(waiting).succeedsWithin(Duration.ofSeconds(5));
		waiting.get().close();
	}

	private void awaitInQueue(String instance) {
		awaitInQueue(this.redis, instance);
	}

	private void awaitInQueue(RedisServer server, String instance) {
		Cluster.promptly("waits").until(() -> server.cli("HKEYS", "dlock:{orders}:waiting").startsWith(instance));
	}

	private boolean isHeldInRedisBy(Lease lease) {
		return this.redis.cli("GET", "dlock:{" + lease.key() + "}").contains(" " + lease.fencingToken() + " ");
	}

	private static long millisSince(long nanos) {
		return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
	}

}
