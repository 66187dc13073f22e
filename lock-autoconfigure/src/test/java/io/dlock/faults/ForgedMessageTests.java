package io.dlock.faults;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.dlock.Lease;
import io.dlock.faults.Journal.What;
import io.dlock.testing.RedisServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Messages of grants that are forged, repeated or late; those that are late because the
 * receiver stood still are among the {@link StoppedProcessTests}.
 */
class ForgedMessageTests {

	@RegisterExtension
	final Cluster cluster = new Cluster().ttl(Duration.ofSeconds(2));

	private final RedisServer redis = this.cluster.redis();

	@Test
	void aForgedMessageIsNoGrant() throws Exception {
		Node holder = this.cluster.node("holder", this.redis);
		Node waiter = this.cluster.node("waiter", this.redis);
		Lease first = holder.lock("orders").acquire();
		CompletableFuture<Lease> waiting = waiter.want("orders");
		this.cluster.awaitTold("waiter", What.LISTENING, "orders");
		long counter = counter(waiter);
		long future = first.fencingToken() + 1_000_000_000_000L;

		publish(waiter, counter + " " + first.fencingToken() + " 1 2000 dlock:{orders}");
		long fresh = awaitAnsweredAfter(waiter, counter);
		publish(waiter, fresh + " 1 1 2000 dlock:{orders}");
		publish(waiter, "999 " + future + " 1 2000 dlock:{orders}");
		publish(waiter, "0 " + future + " 1 2000 dlock:{orders}");
		publish(waiter, "-1 " + future + " 1 2000 dlock:{orders}");
		publish(waiter, counter + " " + future + " 1 2000 dlock:{other}");
		publish(waiter, counter + " " + future + " 1 2000 orders");
		publish(waiter, "nonsense");
		publish(waiter, "");
		publish(waiter, counter + " x 1 2000 dlock:{orders}");
		publish(waiter, counter + " " + future + " 99999999999 2000 dlock:{orders}");

		// A second key: what is published now comes behind all that.
		Lease second = holder.lock("reports").acquire();
		CompletableFuture<Lease> reports = waiter.want("reports");
		this.cluster.awaitTold("waiter", What.LISTENING, "reports");
		second.close();
		reports.get(30, TimeUnit.SECONDS).close();
		assertThat(waiting).isNotDone();
		assertThat(first.isValid()).isTrue();
		first.close();
		waiting.get(30, TimeUnit.SECONDS).close();
	}

	@Test
	void aRepeatedMessageIsNoGrant() throws Exception {
		Node holder = this.cluster.node("holder", this.redis);
		Node waiter = this.cluster.node("waiter", this.redis);
		Lease first = holder.lock("orders").acquire();
		CompletableFuture<Lease> waiting = waiter.want("orders");
		this.cluster.awaitTold("waiter", What.LISTENING, "orders");
		long counter = counter(waiter);
		first.close();
		Lease second = waiting.get(30, TimeUnit.SECONDS);
		String message = counter + " " + second.fencingToken() + " 1 2000 dlock:{orders}";
		publish(waiter, message);
		publish(waiter, message);
		second.requireValid();
		assertThat(holder.locks().holder("orders")).as("a repetition takes nothing away").isPresent();
		second.close();
		Lease third = holder.lock("orders").acquire();
		publish(waiter, message);
		CompletableFuture<Lease> again = waiter.want("orders");
		this.cluster.awaitTold("waiter", What.LISTENING, "orders");
		publish(waiter, message);
		publish(waiter, awaitAnsweredAfter(waiter, counter) + " " + second.fencingToken() + " 1 2000 dlock:{orders}");
		assertThat(waiter.locks().holder("orders"))
			.hasValueSatisfying((found) -> assertThat(found.fencingToken()).isEqualTo(third.fencingToken()));
		assertThat(again).isNotDone();
		assertThat(third.isValid()).isTrue();
		third.close();
		again.get(30, TimeUnit.SECONDS).close();
	}

	private void publish(Node to, String message) {
		assertThat(this.redis.cli("PUBLISH", "dlock:grants:" + to.locks().instanceId(), message)).as("heard by")
			.isEqualTo("1");
	}

	/** Of the grant that a node waits for. */
	private long counter(Node waiter) {
		return Long.parseLong(entry(waiter).split(" ", 2)[0]);
	}

	/**
	 * Returns the counter of a later grant than another, when the node has the answer
	 * that it waits for it: then it asks again.
	 */
	private long awaitAnsweredAfter(Node waiter, long earlier) {
		Cluster.promptly("asks under a fresh id").until(() -> counter(waiter) > earlier);
		String asked = entry(waiter);
		Cluster.promptly("asks again").until(() -> !entry(waiter).equals(asked));
		return counter(waiter);
	}

	private String entry(Node waiter) {
		return Cluster.promptly("waits in the queue")
			.until(() -> this.redis.cli("HGET", "dlock:{orders}:waiting", waiter.locks().instanceId()),
					(entry) -> !entry.isEmpty());
	}

}
