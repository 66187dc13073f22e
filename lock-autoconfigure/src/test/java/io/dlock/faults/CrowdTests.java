package io.dlock.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.dlock.Lease;
import io.dlock.faults.Journal.Entry;
import io.dlock.faults.Journal.What;
import io.dlock.testing.CommandRecorder;
import io.dlock.testing.RedisServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Very many waiters, and very many keys.
 */
class CrowdTests {

	private static final int THREADS = 1_667;

	@RegisterExtension
	final Cluster cluster = new Cluster().ttl(Duration.ofSeconds(30)).commandTimeout(Duration.ofSeconds(5));

	private final RedisServer redis = this.cluster.redis();

	@Test
	void fiveThousandWaitersOfThreeProcessesCostNoMoreCommandsThanTheirHandOffs() throws Exception {
		Node holder = this.cluster.node("holder", this.redis);
		List<ChildNode> nodes = List.of(child("one"), child("two"), child("three"));
		Lease lease = holder.lock("orders").acquire();
		CommandRecorder recorder = this.cluster.record(this.redis);
		List<CompletableFuture<String>> crowds = new ArrayList<>();
		nodes.forEach((node) -> crowds.add(node.ask("crowd", String.valueOf(THREADS))));
		Cluster.promptly("all wait")
			.until(() -> this.cluster.journal().entries(What.LISTENING, "orders").size() >= 3 * THREADS);
		int toWait = scripts(recorder);
		long from = System.nanoTime();
		lease.close();
		for (CompletableFuture<String> crowd : crowds) {
			assertThat(crowd.get(60, TimeUnit.SECONDS)).isEmpty();
		}
		long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from);

		assertThat(this.cluster.journal().entries(What.ACQUIRED, "orders")).hasSize(3 * THREADS + 1);
		int toServe = scripts(recorder) - toWait;
		int handOffs = handOffs();
		System.out.printf("%d waiters were served in %d ms, with %d scripts for %d hand-offs between processes; "
				+ "%d scripts before that%n", 3 * THREADS, millis, toServe, handOffs, toWait);
		assertThat(handOffs).as("nobody keeps it for himself").isGreaterThan(3);
		// Each process asks for itself, however many of its threads wait; and once more
		// for each third of a TTL.
		long asksInTime = 3 * (1 + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - from) / 10);
		assertThat(toWait).as("no herd").isLessThan(30);
		assertThat(toServe).as("constant").isLessThan(3 * handOffs + (int) asksInTime + 20);
	}

	@Test
	void manyKeysInTurnLeaveNothingBehind() {
		assertNothingIsLeftOf(5_000);
	}

	@Test
	@Tag("slow")
	void aHundredThousandKeysInTurnLeaveNothingBehind() {
		assertNothingIsLeftOf(100_000);
	}

	private void assertNothingIsLeftOf(int keys) {
		ChildNode node = child("node");
		node.tell("inTurn", "2000");
		long before = Long.parseLong(node.tell("heap", ""));
		CompletableFuture<String> used = node.ask("inTurn", String.valueOf(keys));
		assertThat(used).succeedsWithin(Duration.ofMinutes(5)).isEqualTo("");
		long grown = Long.parseLong(node.tell("heap", "")) - before;
		System.out.printf("%d keys in turn left %d KB more in use%n", keys, grown / 1024);
		assertThat(grown).as("bytes left of %d keys", keys).isLessThan(2_000_000);
		assertThat(Cluster.leftovers(this.redis)).isEmpty();
		assertThat(this.redis.cli("EVAL", "local long = 0; for _, key in ipairs(redis.call('KEYS', 'dlock:*')) do "
				+ "local ttl = redis.call('PTTL', key); if ttl < 0 or ttl > 90000 then long = long + 1 end end; "
				+ "return long", "0"))
			.as("fences that stay for longer than three TTLs")
			.isEqualTo("0");
		assertThat(this.redis.cli("PUBSUB", "CHANNELS").lines()).as("subscriptions: one for the instance").hasSize(1);
	}

	private ChildNode child(String name) {
		return this.cluster.child(name, this.redis, "-Xmx256m");
	}

	private int scripts(CommandRecorder recorder) {
		return (int) recorder.commands(this.redis).stream().filter((line) -> line.contains("\"EVAL")).count();
	}

	/** How often a lease of another process followed, by the tokens. */
	private int handOffs() {
		List<Entry> leases = this.cluster.journal()
			.entries(What.ACQUIRED, "orders")
			.stream()
			.sorted(Comparator.comparingLong((entry) -> entry.lease().token()))
			.toList();
		int count = 0;
		for (int i = 1; i < leases.size(); i++) {
			if (!leases.get(i).lease().node().equals(leases.get(i - 1).lease().node())) {
				count++;
			}
		}
		return count;
	}

}
