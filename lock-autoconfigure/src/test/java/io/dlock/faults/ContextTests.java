package io.dlock.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.dlock.DistributedLock;
import io.dlock.Leadership;
import io.dlock.Lease;
import io.dlock.LockRegistryClosedException;
import io.dlock.faults.Journal.What;
import io.dlock.testing.NewThreads;
import io.dlock.testing.RedisServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Application contexts that close while locks are in use, and two of them in one process.
 * The TTL is so long that nothing but a release frees a lock.
 */
class ContextTests {

	@RegisterExtension
	final Cluster cluster = new Cluster().ttl(Duration.ofMinutes(1)).commandTimeout(Duration.ofSeconds(2));

	private final RedisServer redis = this.cluster.redis();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	@AfterEach
	void endThreads() {
		this.threads.shutdownNow();
	}

	@Test
	void whoWaitsWhenItsContextClosesIsSentAwayAtOnceAndLeavesTheQueue() throws Exception {
		Node holder = this.cluster.node("holder", this.redis).connected();
		Node closing = this.cluster.node("closing", this.redis).connected();
		Lease lease = holder.lock("orders").acquire();
		DistributedLock lock = closing.lock("orders");
		List<Future<?>> waiting = new ArrayList<>();
		waiting.add(this.threads.submit(lock::lock));
		waiting.add(this.threads.submit((Callable<?>) lock::acquire));
		waiting.add(this.threads.submit(() -> lock.tryAcquire(Duration.ofHours(1))));
		waiting.add(lock.acquireAsync());
		Leadership leadership = closing.locks().contend("orders");
		Cluster.promptly("all wait")
			.until(() -> this.cluster.journal().entries("closing", What.LISTENING, "orders").size() == 5);

		long from = System.nanoTime();
		closing.close();
		for (Future<?> each : waiting) {
			assertThat(causeOf(each)).isInstanceOf(LockRegistryClosedException.class);
		}
		System.out.printf("Waiters were sent away within %d ms of the close%n",
				TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from));
		assertThat(leadership.isLeader()).isFalse();
		assertThat(this.redis.cli("EXISTS", "dlock:{orders}:waiting")).as("a queue").isEqualTo("0");
		assertThat(lease.isValid()).isTrue();
		lease.close();
	}

	@Test
	void whatIsHeldWhenItsContextClosesIsReleasedAndNoThreadStays() throws Exception {
		NewThreads started = new NewThreads();
		Node closing = this.cluster.node("closing", this.redis).connected();
		Lease lease = closing.lock("orders").acquire();
		this.threads.submit(() -> closing.lock("reports").lock()).get();
		Leadership leadership = closing.locks().contend("adm");
		Cluster.promptly("leads").until(leadership::isLeader);

		long from = System.nanoTime();
		closing.close();
		assertThat(System.nanoTime() - from).as("bounded").isLessThan(TimeUnit.SECONDS.toNanos(15));
		assertThat(Cluster.leftovers(this.redis)).as("long before the TTL of a minute is over").isEmpty();
		assertThat(lease.isValid()).isFalse();
		for (String key : List.of("orders", "reports", "adm")) {
			assertThat(this.cluster.journal().entries("closing", What.RELEASED, key)).as(key).hasSize(1);
		}
		Awaitility.await().untilAsserted(() -> assertThat(started.names()).isEmpty());
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.redis.cli("CLIENT", "LIST", "TYPE", "pubsub")).isEmpty());
		lease.close();
		Node next = this.cluster.node("next", this.redis);
		assertThat(next.lock("orders").tryAcquire(Duration.ofSeconds(10)).orElseThrow().fencingToken())
			.isGreaterThan(lease.fencingToken());
	}

	@Test
	void twoContextsOfTheSameNameAreTwoInstances() throws Exception {
		Node one = this.cluster.node("twin", this.redis).connected();
		Node other = this.cluster.node("twin", this.redis).connected();
		assertThat(one.locks().instanceId()).startsWith("twin").isNotEqualTo(other.locks().instanceId());
		Lease lease = one.lock("orders").acquire();
		assertThat(other.lock("orders").tryAcquire()).isEmpty();
		Future<Lease> waiting = other.want("orders");
		this.cluster.awaitTold("twin", What.LISTENING, "orders");
		assertThat(lease.isValid()).isTrue();
		lease.close();
		Lease next = waiting.get(30, TimeUnit.SECONDS);
		assertThat(one.locks().holder("orders"))
			.hasValueSatisfying((holder) -> assertThat(holder.instanceId()).isEqualTo(other.locks().instanceId()));
		one.close();
		assertThat(next.isValid()).as("nothing of the other one's ends with it").isTrue();
		next.close();
	}

	private static Throwable causeOf(Future<?> failed) throws Exception {
		try {
			return new AssertionError("Ended with " + failed.get(10, TimeUnit.SECONDS));
		}
		catch (ExecutionException ex) {
			return ex.getCause();
		}
	}

}
