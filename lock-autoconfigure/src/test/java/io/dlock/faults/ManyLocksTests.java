package io.dlock.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

import io.dlock.Lease;
import io.dlock.LockException;
import io.dlock.testing.RedisServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many threads that want many locks: what they ask goes to Redis together.
 */
class ManyLocksTests {

	private static final int THREADS = 32;

	private static final int KEYS = 200;

	@RegisterExtension
	final Cluster cluster = new Cluster().ttl(Duration.ofSeconds(3)).commandTimeout(Duration.ofMillis(500));

	private final RedisServer redis = this.cluster.redis();

	private final AtomicBoolean over = new AtomicBoolean();

	private final LongAdder served = new LongAdder();

	private final LongAdder refused = new LongAdder();

	@Test
	void nobodyIsForgottenAndNothingStaysTakenWhenRedisStandsStillInBetween() throws Exception {
		List<Thread> threads = new ArrayList<>();
		for (String name : List.of("one", "two")) {
			Node node = this.cluster.node(name, this.redis).connected();
			for (int n = 0; n < THREADS; n++) {
				threads.add(new Thread(() -> work(node)));
			}
		}
		threads.forEach(Thread::start);
		awaitServed(2_000);
		this.redis.pause();
		Cluster.promptly("some have tried for a TTL").until(() -> this.refused.sum() >= THREADS);
		this.redis.resume();
		awaitServed(2_000);
		this.over.set(true);
		for (Thread thread : threads) {
			thread.join(TimeUnit.SECONDS.toMillis(30));
			assertThat(thread.isAlive()).as("waits for ever").isFalse();
		}

		long scripts = scripts();
		System.out.printf("%d locks of %d threads, %d attempts that failed, %d scripts%n", this.served.sum(),
				threads.size(), this.refused.sum(), scripts);
		assertThat(scripts).as("together").isLessThan(3 * this.served.sum() / 2);
		Cluster.promptly("all is given back").until(() -> Cluster.leftovers(this.redis).isEmpty());
	}

	private void work(Node node) {
		while (!this.over.get()) {
			try (Lease lease = node.lock("key-" + ThreadLocalRandom.current().nextInt(KEYS)).acquire()) {
				lease.fencingToken();
				this.served.increment();
			}
			catch (LockException away) {
				this.refused.increment();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return;
			}
		}
	}

	private void awaitServed(long more) {
		long before = this.served.sum();
		Cluster.promptly("threads are served").until(() -> this.served.sum() >= before + more);
	}

	private long scripts() {
		return this.redis.cli("INFO", "commandstats")
			.lines()
			.filter((line) -> line.startsWith("cmdstat_evalsha:"))
			.mapToLong((line) -> Long.parseLong(line.replaceFirst(".*:calls=(\\d+),.*", "$1").strip()))
			.sum();
	}

}
