package io.dlock.faults;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.dlock.Lease;
import io.dlock.LockException;
import io.dlock.faults.Journal.What;
import io.dlock.testing.CommandRecorder;
import io.dlock.testing.RedisServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A Redis that does not answer for a while, and then does.
 */
class SlowRedisTests {

	private static final Duration COMMAND_TIMEOUT = Duration.ofMillis(300);

	@RegisterExtension
	final Cluster cluster = new Cluster().ttl(Duration.ofSeconds(10)).commandTimeout(COMMAND_TIMEOUT);

	private final RedisServer redis = this.cluster.redis("--enable-debug-command", "local");

	@Test
	void aTimedTryEndsOnTime() throws Exception {
		Node node = this.cluster.node("node", this.redis);
		node.lock("orders").acquire().close();
		this.redis.pause();
		for (int millis : new int[] { 100, 700 }) {
			long from = System.nanoTime();
			try {
				assertThat(node.lock("orders").tryAcquire(Duration.ofMillis(millis))).isEmpty();
			}
			catch (LockException expected) {
				// nobody knows whether the lock is free
			}
			assertThat(millisSince(from)).isBetween((long) millis, millis + 1000L);
		}
		this.redis.resume();
		Cluster.promptly("what was asked for in vain is given back")
			.until(() -> this.redis.cli("EXISTS", "dlock:{orders}").equals("0"));
	}

	@Test
	void aRedisThatStoodStillForLongerThanATtlKeepsNoLockOfNobody() throws Exception {
		Duration ttl = Duration.ofSeconds(3);
		Node node = this.cluster.node("node", this.redis);
		node.lock("orders").acquire().close();
		this.redis.pause();
		long from = System.nanoTime();
		Awaitility.await().pollInterval(Duration.ofMillis(50)).until(() -> {
			CompletableFuture<?> unused = node.lock("k" + millisSince(from), ttl).tryAcquireAsync();
			return millisSince(from) > 3000;
		});
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> millisSince(from) > 9000);
		this.redis.resume();
		Awaitility.await("what was asked for in vain is given back")
			.atMost(Duration.ofMillis(2500)) // before it would run out
			.until(() -> this.redis.cli("KEYS", "dlock:{k*}").isEmpty());
	}

	@Test
	void aRedisThatStoodStillIsNotOverrunByRepetitions() throws Exception {
		Node node = this.cluster.node("node", this.redis);
		Lease held = node.lock("orders").acquire();
		Node other = this.cluster.node("other", this.redis);
		CompletableFuture<Lease> waiting = other.want("orders");
		this.cluster.awaitTold("other", What.LISTENING, "orders");
		CommandRecorder recorder = this.cluster.record(this.redis);
		int before = recorder.commands(this.redis).size();

		CompletableFuture<Void> asleep = CompletableFuture.runAsync(() -> this.redis.cli("DEBUG", "SLEEP", "3"));
		CompletableFuture<?> wanted = node.lock("other").tryAcquireAsync(Duration.ofSeconds(10));
		asleep.get(30, TimeUnit.SECONDS);
		wanted.get(30, TimeUnit.SECONDS);

		int commands = recorder.commands(this.redis).size() - before;
		System.out.printf("A Redis that stood still for 3 s was sent %d commands by two instances%n", commands);
		// Two waiters ask, one holder renews, each once in a command timeout, then
		// connect anew.
		assertThat(commands).isLessThan((int) (3 * (1 + 3000 / COMMAND_TIMEOUT.toMillis()) * 2));
		assertThat(held.isValid()).as("10 s had not passed").isTrue();
		held.close();
		waiting.get(30, TimeUnit.SECONDS).close();
	}

	private static long millisSince(long nanos) {
		return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
	}

}
