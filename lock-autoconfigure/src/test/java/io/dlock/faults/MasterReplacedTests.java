package io.dlock.faults;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import io.dlock.Lease;
import io.dlock.faults.Journal.What;
import io.dlock.testing.RedisServer;
import io.dlock.testing.SentinelSet;
import io.lettuce.core.resource.ClientResources;
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
