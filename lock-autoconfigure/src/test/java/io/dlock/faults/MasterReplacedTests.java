package io.dlock.faults;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.dlock.Lease;
import io.dlock.faults.Journal.What;
import io.dlock.testing.RedisServer;
import io.dlock.testing.SentinelSet;
import io.dlock.testing.TcpProxy;
import io.lettuce.core.resource.ClientResources;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Masters that the sentinels replace while the connections to them stay open: nothing but
 * the sentinels tells that it is time to leave.
 */
class MasterReplacedTests {

	@RegisterExtension
	final Cluster cluster = new Cluster().ttl(Duration.ofSeconds(10));

	private final SentinelSet set = this.cluster.sentinels(1);

	@Test
	void aMasterThatHangsIsLeft() throws Exception {
		assertThatTheHungMasterIsLeft(this.cluster.node("holder", this.set));
	}

	@Test
	void aMasterThatHangsIsLeftOverTheConnectionsOfTheApplicationToo() throws Exception {
		assertThatTheHungMasterIsLeft(
				this.cluster.node("holder", this.set, this.set.nodes(), OwnClientResources.class));
	}

	private void assertThatTheHungMasterIsLeft(Node holder) throws Exception {
		Lease lease = holder.lock("orders").acquire();
		RedisServer hung = this.set.currentMaster();
		assertThat(hung.cli("WAIT", "1", "5000")).isEqualTo("1");
		Duration before = lease.remaining();
		hung.pause();
		try {
			Cluster.promptly("failover").until(() -> this.set.currentMaster() != hung);
			Cluster.promptly("renewed by the new master").until(() -> lease.remaining().compareTo(before) > 0);
			assertThat(lease.isValid()).isTrue();
			assertThat(this.cluster.journal().entries("holder", What.LOST, "orders")).isEmpty();
			holder.lock("others").acquire().close();
		}
		finally {
			hung.resume();
		}
		lease.close();
	}

	@Test
	void aMasterThatIsReplacedGracefullyGivesNoLocksAnyMore() throws Exception {
		Node holder = this.cluster.node("holder", this.set);
		Node waiter = this.cluster.node("waiter", this.set);
		Lease lease = holder.lock("orders").acquire();
		CompletableFuture<Lease> waiting = waiter.want("orders");
		this.cluster.awaitTold("waiter", What.LISTENING, "orders");
		assertThat(this.set.currentMaster().cli("WAIT", "1", "5000")).isEqualTo("1");

		RedisServer former = this.set.replaceMaster();
		RedisServer promoted = this.set.currentMaster();
		for (Node node : new Node[] { holder, waiter }) {
			Cluster.promptly(node + " listens at the new master")
				.until(() -> promoted.cli("PUBSUB", "NUMSUB", "dlock:grants:" + node.locks().instanceId())
					.endsWith("\n1"));
		}
		assertThat(former.cli("ROLE")).as("still takes writes").startsWith("master");
		try (Lease later = holder.lock("later").acquire()) {
			assertThat(promoted.cli("GET", "dlock:{later}")).contains(" " + later.fencingToken() + " ");
			assertThat(former.cli("EXISTS", "dlock:{later}")).isEqualTo("0");
		}
		assertThat(lease.isValid()).isTrue();
		lease.close();
		waiting.get().close();
		assertThat(this.cluster.journal().entries(What.LOST, "orders")).isEmpty();
	}

	/**
	 * From the beginning to the end, when the former master has become a replica, refuses
	 * what is written, and has closed all connections. One attempt may meet the lock that
	 * was released at the former master only, and wait until its TTL is over.
	 */
	@Test
	@Tag("slow")
	void everyAttemptSucceedsWhileTheMasterIsReplacedGracefully() throws Exception {
		Node node = this.cluster.node("node", this.set);
		node.lock("orders").acquire().close();
		RedisServer former = this.set.currentMaster();
		CompletableFuture<RedisServer> replaced = CompletableFuture.supplyAsync(this.set::replaceMaster);
		long longest = 0;
		int attempts = 0;
		while (!replaced.isDone() || isMaster(former)) {
			long from = System.nanoTime();
			node.lock("orders").tryAcquire(this.cluster.ttl().multipliedBy(2)).orElseThrow().close();
			longest = Math.max(longest, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from));
			attempts++;
		}
		System.out.printf("While the master was replaced, %d attempts took %d ms at most%n", attempts, longest);
		assertThat(replaced.get()).isSameAs(former);
		assertThat(attempts).isPositive();
	}

	/** It resets all connections when it becomes a replica, also the one that asks. */
	private static boolean isMaster(RedisServer server) {
		try {
			return server.cli("ROLE").startsWith("master");
		}
		catch (UncheckedIOException reset) {
			return true; // perhaps: to be asked again
		}
	}

	@Test
	void aServerThatHasBecomeAReplicaIsLeftForTheOneToWhichTheAddressLeads() throws Exception {
		TcpProxy address = this.cluster.proxy(this.cluster.redis());
		Node node = this.cluster.node("node", address);
		Lease lease = node.lock("held").acquire();
		RedisServer next = exchange(address);
		try (Lease taken = node.lock("orders").acquire()) {
			assertThat(next.cli("GET", "dlock:{orders}")).contains(" " + taken.fencingToken() + " ");
		}
		assertThat(lease.isValid()).isTrue();
		lease.close();
		Cluster.promptly("released").until(() -> next.cli("EXISTS", "dlock:{held}").equals("0"));
	}

	@Test
	void aServerThatHasBecomeAReplicaIsLeftWhenItOnlyHasToRenew() throws Exception {
		TcpProxy address = this.cluster.proxy(this.cluster.redis());
		Lease lease = this.cluster.node("node", address).lock("held").acquire();
		exchange(address);
		Duration before = lease.remaining();
		Cluster.promptly("renewed").until(() -> lease.remaining().compareTo(before) > 0);
		lease.close();
	}

	/**
	 * Without sentinels: an address leads to another server that has the same data, and
	 * to which the former is a replica now. The connections stay.
	 */
	private RedisServer exchange(TcpProxy address) {
		RedisServer former = address.server();
		RedisServer next = this.cluster.redis("--replicaof", former.host(), String.valueOf(former.port()));
		Cluster.promptly("in sync").until(() -> next.cli("INFO", "replication").contains("master_link_status:up"));
		address.leadTo(next);
		next.cli("REPLICAOF", "NO", "ONE");
		former.cli("REPLICAOF", next.host(), String.valueOf(next.port()));
		return next;
	}

	/**
	 * An application that brings its own resources of the Redis client.
	 */
	@Configuration(proxyBeanMethods = false)
	static class OwnClientResources {

		@Bean(defaultCandidate = false, destroyMethod = "shutdown")
		ClientResources dlockClientResources() {
			return ClientResources.create();
		}

	}

}
