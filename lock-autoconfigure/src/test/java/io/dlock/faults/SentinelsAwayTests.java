package io.dlock.faults;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.dlock.Lease;
import io.dlock.Leadership;
import io.dlock.testing.RedisServer;
import io.dlock.testing.SentinelSet;
import io.dlock.testing.TcpProxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sentinels that are dead, hang, or know only of a master of long ago.
 */
@ExtendWith(OutputCaptureExtension.class)
class SentinelsAwayTests {

	private static final String NOBODY = "no sentinel answers";

	@RegisterExtension
	final Cluster cluster = new Cluster().ttl(Duration.ofSeconds(10));

	private final SentinelSet set = this.cluster.sentinels(1);

	@Test
	void anApplicationStartsWithoutSentinelsAndWorksWhenTheyAppear(CapturedOutput output) throws Exception {
		this.set.sentinels().forEach(RedisServer::kill);
		Node node = this.cluster.node("node", this.set);
		Leadership leadership = node.locks().contend("adm");
		Cluster.promptly("says so").until(() -> output.getAll().contains(NOBODY));
		assertThat(warnings(output, NOBODY)).as("says it once").isEqualTo(1);
		assertThat(leadership.isLeader()).isFalse();
		this.set.sentinels().forEach(RedisServer::restart);
		Cluster.promptly("leads").until(leadership::isLeader);
		leadership.close();
	}

	@Test
	void withoutSentinelsTheMasterThatIsKnownStaysTheMaster(CapturedOutput output) throws Exception {
		Node node = this.cluster.node("node", this.set);
		Lease lease = node.lock("held").acquire();
		RedisServer master = this.set.currentMaster();
		this.set.sentinels().forEach(RedisServer::kill);
		Cluster.promptly("says so").until(() -> output.getAll().contains(NOBODY));
		master.cli("CLIENT", "KILL", "TYPE", "normal");
		master.cli("CLIENT", "KILL", "TYPE", "pubsub");

		Duration before = lease.remaining();
		Cluster.promptly("renewed").until(() -> lease.remaining().compareTo(before) > 0);
		node.lock("other").acquire().close();
		lease.close();
		assertThat(warnings(output, NOBODY)).as("says it once").isEqualTo(1);
		this.set.sentinels().forEach(RedisServer::restart);
		Cluster.promptly("says so").until(() -> output.getAll().contains("sentinels answer again"));
	}

	@Test
	void aDeadAndAHangingSentinelDoNotKeepFromTheNextMaster() throws Exception {
		List<RedisServer> sentinels = this.set.sentinels();
		RedisServer dead = this.cluster.closing(SentinelSet.startStranger(this.set.currentMaster()));
		dead.kill();
		TcpProxy hanging = this.cluster.proxy(sentinels.get(0));
		List<String> nodes = List.of(dead.address(), "127.0.0.1:" + hanging.port(), sentinels.get(1).address(),
				sentinels.get(2).address());
		Node node = this.cluster.node("node", this.set, nodes);
		node.lock("orders").acquire().close();
		hanging.freeze();
		assertThatTheNextMasterIsFound(node);
	}

	/** Neither when it starts, nor when the others have gone. */
	@Test
	void aSentinelThatWasCutOffWithAFormerMasterIsNotBelieved() throws Exception {
		this.set.replaceMaster();
		RedisServer former = this.cluster.redis();
		RedisServer cutOff = this.cluster.closing(SentinelSet.startStranger(former));
		List<String> nodes = Stream.concat(Stream.of(cutOff.address()), this.set.nodes().stream()).toList();
		Node node = this.cluster.node("node", this.set, nodes);
		RedisServer master = this.set.currentMaster();
		assertThatLocksAreKeptIn(master, node);

		this.set.sentinels().forEach(RedisServer::kill);
		long from = System.nanoTime();
		Cluster.promptly("the others are silent").until(() -> System.nanoTime() - from > TimeUnit.SECONDS.toNanos(5));
		master.cli("CLIENT", "KILL", "TYPE", "normal");
		assertThatLocksAreKeptIn(master, node);
		assertThat(former.cli("KEYS", "*")).isEmpty();
		this.set.sentinels().forEach(RedisServer::restart);
	}

	private void assertThatTheNextMasterIsFound(Node node) throws Exception {
		RedisServer killed = this.set.killMaster();
		Cluster.promptly("failover").until(() -> this.set.currentMaster() != killed);
		long from = System.nanoTime();
		assertThatLocksAreKeptIn(this.set.currentMaster(), node);
		System.out.printf("With a dead and a hanging sentinel among four, a lock %d ms after the failover%n",
				TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from));
	}

	private static void assertThatLocksAreKeptIn(RedisServer master, Node node) throws Exception {
		try (Lease lease = node.lock("orders").acquire()) {
			assertThat(master.cli("GET", "dlock:{orders}")).contains(" " + lease.fencingToken() + " ");
		}
	}

	private static long warnings(CapturedOutput output, String words) {
		return output.getAll().lines().filter((line) -> line.contains("WARN") && line.contains(words)).count();
	}

}
