package io.dlock.autoconfigure;

import java.util.List;

import io.dlock.Lease;
import io.dlock.LockRegistry;
import io.dlock.testing.RedisServer;
import io.dlock.testing.SentinelSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for {@link SoleMasterClient} and {@link SoleMasterConnectionFactory} in whole
 * applications, with real sentinels.
 */
@ExtendWith(OutputCaptureExtension.class)
class SoleMasterTests {

	private static SentinelSet set;

	private final Applications applications = new Applications();

	@BeforeAll
	static void start() {
		set = SentinelSet.start(1);
	}

	@AfterAll
	static void stop() {
		set.close();
	}

	@AfterEach
	void close() {
		this.applications.close();
	}

	@Test
	void theOnlyMasterNeedsNoName(CapturedOutput output) throws Exception {
		RedisServer sentinel = set.sentinels().get(0);
		ConfigurableApplicationContext context = this.applications.run("dlock.sentinel.host=" + sentinel.host(),
				"dlock.sentinel.port=" + sentinel.port());
		assertThat(output).contains("The sentinels call the only master that they watch 'mymaster'");
		try (Lease lease = locks(context).get("adm").acquire()) {
			assertThat(lease.isValid()).isTrue();
			assertThat(set.currentMaster().cli("EXISTS", "dlock:{adm}")).isEqualTo("1");
		}
	}

	@Test
	void severalMastersStopTheStartAndAreNamed() {
		RedisServer sentinel = set.sentinels().get(1);
		sentinel.cli("SENTINEL", "MONITOR", "another", "127.0.0.1", Integer.toString(set.currentMaster().port()), "2");
		try {
			Throwable failure = catchThrowable(
					() -> this.applications.run("dlock.sentinel.nodes=" + sentinel.address()));
			FailureAnalysis analysis = DlockPropertiesTests.analyze(failure);
			assertThat(analysis.getDescription()).contains("dlock.sentinel.master is not set")
				.contains("another, mymaster");
			assertThat(analysis.getAction()).contains("Set dlock.sentinel.master");
		}
		finally {
			sentinel.cli("SENTINEL", "REMOVE", "another");
		}
	}

	@Test
	void sentinelsThatAreAwayAtTheStartAreAskedUntilTheyAnswer(CapturedOutput output) throws Exception {
		set.sentinels().forEach(RedisServer::kill);
		try {
			ConfigurableApplicationContext context = this.applications.run("dlock.sentinel.nodes=" + nodes(set),
					"dlock.contend-for=adm", "dlock.connect-timeout=500ms", "dlock.command-timeout=500ms");
			assertThat(output.getAll()
				.lines()
				.filter((line) -> line.contains("WARN") && line.contains("dlock.sentinel.master"))).hasSize(1);
			set.sentinels().forEach(RedisServer::restart);
			Applications.awaitEvent(context, "Acquired adm");
		}
		finally {
			set.sentinels().stream().filter((sentinel) -> !sentinel.isAlive()).forEach(RedisServer::restart);
		}
	}

	@Test
	void anApplicationGoesOnWithTheReplicaWhenTheMasterDies() throws Exception {
		try (SentinelSet dying = SentinelSet.start(1)) {
			ConfigurableApplicationContext context = this.applications.run("dlock.sentinel.nodes=" + nodes(dying),
					"dlock.contend-for=adm", "dlock.command-timeout=500ms", "dlock.ttl=30s");
			Applications.awaitEvent(context, "Acquired adm");
			Awaitility.await().until(() -> dying.replicas().get(0).cli("EXISTS", "dlock:{adm}").equals("1"));
			RedisServer dead = dying.killMaster();
			Awaitility.await("failover")
				.until(() -> dying.currentMaster().port() != dead.port()
						&& dying.currentMaster().cli("ROLE").startsWith("master"));
			Awaitility.await("a lock in the new master").ignoreExceptions().until(() -> {
				try (Lease lease = locks(context).get("other").tryAcquire().orElseThrow()) {
					return lease.isValid();
				}
			});
			assertThat(locks(context).leases()).extracting(Lease::key).containsExactly("adm");
			assertThat(Applications.story(context)).contains("Acquired adm").doesNotContain("Lost adm");
		}
	}

	private static String nodes(SentinelSet set) {
		List<String> nodes = set.nodes();
		return String.join(",", nodes);
	}

	private static LockRegistry locks(ConfigurableApplicationContext context) {
		return Applications.locks(context);
	}

}
