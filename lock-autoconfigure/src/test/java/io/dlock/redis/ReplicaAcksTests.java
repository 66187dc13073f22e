package io.dlock.redis;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import io.dlock.Lease;
import io.dlock.LockUnavailableException;
import io.dlock.core.LeaseSettings;
import io.dlock.core.LeasingLockRegistry;
import io.dlock.core.LockObserver;
import io.dlock.testing.RedisServer;
import io.dlock.testing.TestConnectionFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link ReplicaAcks}: a real master, a real replica, and leases that begin
 * only when the replica has them.
 */
@Timeout(60)
class ReplicaAcksTests {

	private final RedisServer master = RedisServer.start("--repl-diskless-sync-delay", "0");

	private final RedisServer replica = RedisServer.start("--replicaof", this.master.host(),
			String.valueOf(this.master.port()));

	private final LettuceConnectionFactory factory = TestConnectionFactories.to(this.master);

	private final LeasingLockRegistry registry = registry("here");

	private final LeasingLockRegistry elsewhere = registry("elsewhere");

	@BeforeEach
	void start() {
		await().until(() -> this.master.cli("INFO", "replication").contains("state=online"));
		this.registry.start();
		this.elsewhere.start();
		await().atMost(Duration.ofSeconds(30))
			.ignoreExceptions()
			.until(() -> takes(this.registry) && takes(this.elsewhere));
	}

	private static boolean takes(LeasingLockRegistry registry) {
		try (Lease lease = registry.get("warm").tryAcquire().orElseThrow()) {
			return lease.isValid();
		}
	}

	@AfterEach
	void stop() {
		this.registry.stop(Duration.ofSeconds(2));
		this.elsewhere.stop(Duration.ofSeconds(2));
		this.factory.destroy();
		this.replica.close();
		this.master.close();
	}

	@Test
	void aLeaseBeginsWhenTheReplicaHasIt() throws Exception {
		try (Lease lease = this.registry.get("a").acquire()) {
			assertThat(this.replica.cli("GET", "dlock:{a}")).contains(String.valueOf(lease.fencingToken()));
		}
	}

	@Test
	void aLeaseThatIsHandedOverBeginsWhenTheReplicaHasIt() throws Exception {
		Lease first = this.registry.get("a").acquire();
		CompletableFuture<Lease> second = this.elsewhere.get("a").acquireAsync();
		await().until(() -> this.master.cli("EXISTS", "dlock:{a}:queue").equals("1"));
		first.close();
		try (Lease lease = second.get()) {
			assertThat(this.replica.cli("GET", "dlock:{a}")).contains(String.valueOf(lease.fencingToken()));
		}
	}

	@Test
	void withoutTheReplicaATryFailsAndNothingStaysBehind() throws Exception {
		this.replica.pause();
		assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(() -> this.registry.get("a").tryAcquire())
			.withMessageContaining("dlock.replicas.min-acks");
		await().untilAsserted(() -> assertThat(this.master.cli("EXISTS", "dlock:{a}")).isEqualTo("0"));
		this.replica.resume();
		await().ignoreExceptions().until(() -> {
			Optional<Lease> lease = this.registry.get("a").tryAcquire();
			lease.ifPresent(Lease::close);
			return lease.isPresent();
		});
	}

	@Test
	void aWaitThatEndsBeforeTheReplicaIsBackSaysWhy() {
		this.replica.pause();
		assertThatExceptionOfType(LockUnavailableException.class)
			.isThrownBy(() -> this.registry.get("a").tryAcquire(Duration.ofSeconds(1)))
			.withMessageContaining("dlock.replicas.min-acks");
		this.replica.resume();
	}

	@Test
	void aWaitGoesOnUntilTheReplicaIsBack() throws Exception {
		this.replica.pause();
		CompletableFuture<Lease> waiting = this.registry.get("a").acquireAsync();
		await().until(() -> this.master.cli("EXISTS", "dlock:{a}").equals("1"));
		assertThat(waiting).isNotDone();
		this.replica.resume();
		waiting.get().close();
	}

	@Test
	void oneConnectionThatIsLostRefusesNothing() throws Exception {
		this.elsewhere.stop(Duration.ofSeconds(2)); // so that no connection is its
		for (int i = 0; i < 8; i++) { // each has been used
			this.registry.get("a").acquire().close();
		}
		String client = this.master.cli("CLIENT", "LIST")
			.lines()
			.filter((line) -> line.contains("cmd=wait"))
			.findFirst()
			.orElseThrow();
		this.master.cli("CLIENT", "KILL", "ID", client.replaceFirst("id=(\\d+) .*", "$1").strip());
		for (int i = 0; i < 20; i++) {
			this.registry.get("b" + i).tryAcquire().orElseThrow().close();
		}
	}

	@Test
	void whatIsHeldIsRenewedWhileOthersWaitForReplicas() throws Exception {
		Lease held = this.registry.get("held").acquire();
		this.replica.pause();
		for (int i = 0; i < 20; i++) {
			CompletableFuture<Lease> unused = this.registry.get("other-" + i).acquireAsync();
		}
		long end = System.nanoTime() + Duration.ofSeconds(4).toNanos();
		await().atMost(Duration.ofSeconds(10)).until(() -> {
			held.requireValid();
			return System.nanoTime() > end;
		});
		this.replica.resume();
		held.close();
	}

	private LeasingLockRegistry registry(String name) {
		RedisStoreSettings store = new RedisStoreSettings("dlock:", "Redis", 1, Duration.ofMillis(300));
		LeaseSettings settings = new LeaseSettings(name, Duration.ofSeconds(3), Duration.ofSeconds(1),
				Duration.ofMillis(100), Duration.ofSeconds(2));
		return new LeasingLockRegistry(new RedisLockStore(this.factory, store), settings, new LockObserver() {
		});
	}

}
