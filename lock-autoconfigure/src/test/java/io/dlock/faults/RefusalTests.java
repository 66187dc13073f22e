package io.dlock.faults;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.dlock.FailureCause;
import io.dlock.Leadership;
import io.dlock.Lease;
import io.dlock.LockUnavailableException;
import io.dlock.faults.Journal.What;
import io.dlock.testing.RedisServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A Redis that answers, but refuses to do what it is asked.
 */
@ExtendWith(OutputCaptureExtension.class)
class RefusalTests {

	@RegisterExtension
	final Cluster cluster = new Cluster().ttl(Duration.ofSeconds(10)).commandTimeout(Duration.ofMillis(500));

	@Test
	void forgottenScriptsGoUnnoticed(CapturedOutput output) throws Exception {
		RedisServer redis = this.cluster.redis();
		Node one = this.cluster.node("one", redis, "dlock.renew-interval=200ms");
		Node two = this.cluster.node("two", redis);
		Lease lease = one.lock("orders").acquire();
		CompletableFuture<Lease> waiting = two.want("orders");
		this.cluster.awaitTold("two", What.LISTENING, "orders");
		redis.cli("SCRIPT", "FLUSH");
		Duration before = lease.remaining();
		Cluster.promptly("renewed").until(() -> lease.remaining().compareTo(before) > 0);
		redis.cli("SCRIPT", "FLUSH");
		lease.close();
		Lease next = waiting.get(30, TimeUnit.SECONDS);
		redis.cli("SCRIPT", "FLUSH");
		next.close();
		one.lock("orders").tryAcquire().orElseThrow().close();
		assertThat(output).doesNotContain("WARN", "NOSCRIPT");
	}

	@Test
	void aRedisOutOfMemoryRefusesClearlyAndStillReleases(CapturedOutput output) throws Exception {
		RedisServer redis = this.cluster.redis();
		Node holder = this.cluster.node("holder", redis);
		Node waiter = this.cluster.node("waiter", redis);
		Lease lease = holder.lock("orders").acquire();
		Lease other = holder.lock("reports").acquire();
		CompletableFuture<Lease> waiting = waiter.want("orders");
		this.cluster.awaitTold("waiter", What.LISTENING, "orders");
		redis.cli("CONFIG", "SET", "maxmemory", "1");

		assertThatExceptionOfType(LockUnavailableException.class)
			.isThrownBy(() -> waiter.lock("new").tryAcquire(Duration.ofSeconds(1)))
			.withMessageContaining("OOM")
			.withMessageContaining("maxmemory");
		assertThat(this.cluster.journal().entries("waiter", What.FAILED, "new").get(0).detail())
			.isEqualTo(FailureCause.UNAVAILABLE.name());
		other.close();
		assertThat(redis.cli("EXISTS", "dlock:{reports}")).isEqualTo("0");
		lease.close();
		Lease next = waiting.get(30, TimeUnit.SECONDS);
		next.close();
		assertThat(redis.cli("EXISTS", "dlock:{orders}")).isEqualTo("0");
		assertNamed(output, "OOM", "maxmemory");
		redis.cli("CONFIG", "SET", "maxmemory", "0");
		waiter.lock("new").tryAcquire(Duration.ofSeconds(10)).orElseThrow().close();
	}

	@Test
	void aRedisWithTooFewReplicasIsAskedAgainUntilItHasThem(CapturedOutput output) throws Exception {
		RedisServer redis = this.cluster.redis();
		Node node = this.cluster.node("node", redis);
		Lease held = node.lock("reports").acquire();
		redis.cli("CONFIG", "SET", "min-replicas-to-write", "1");
		assertRetriedUntil(node, () -> redis.cli("CONFIG", "SET", "min-replicas-to-write", "0"));
		assertNamed(output, "NOREPLICAS", "min-replicas-to-write");
		assertThat(held.isValid()).isTrue();
		held.close();
	}

	@Test
	void aRedisThatCannotWriteItsDumpIsAskedAgainUntilItCan(CapturedOutput output) throws Exception {
		RedisServer redis = this.cluster.redis("--save", "3600 1", "--enable-protected-configs", "local");
		Node node = this.cluster.node("node", redis);
		node.lock("warm").acquire().close();
		redis.cli("CONFIG", "SET", "dbfilename", "x".repeat(300)); // longer than names
																	// can be
		redis.cli("BGSAVE");
		Cluster.promptly("the dump has failed")
			.until(() -> redis.cli("INFO", "persistence").contains("rdb_last_bgsave_status:err"));
		assertRetriedUntil(node, () -> {
			redis.cli("CONFIG", "SET", "dbfilename", "dump.rdb");
			redis.cli("BGSAVE");
		});
		assertNamed(output, "MISCONF", "stop-writes-on-bgsave-error");
	}

	@Test
	void aRedisThatRunsSomebodyElsesScriptIsAskedAgainUntilItHasEnded(CapturedOutput output) throws Exception {
		RedisServer redis = this.cluster.redis("--busy-reply-threshold", "50");
		Node node = this.cluster.node("node", redis);
		node.lock("warm").acquire().close();
		CompletableFuture<Void> script = CompletableFuture.runAsync(() -> {
			try {
				redis.cli("EVAL", "while true do end", "0");
			}
			catch (IllegalStateException killed) {
				// that is how it ends
			}
		});
		Cluster.promptly("busy").until(() -> isRefused(redis, "BUSY"));
		assertRetriedUntil(node, () -> redis.cli("SCRIPT", "KILL"));
		assertNamed(output, "BUSY", "SCRIPT KILL");
		script.get(30, TimeUnit.SECONDS);
	}

	@Test
	void aRedisThatReadsItsDataIsAskedAgainUntilItHas(CapturedOutput output) throws Exception {
		RedisServer redis = this.cluster.redis("--key-load-delay", "1000", "--loading-process-events-interval-bytes",
				"1024");
		Node node = this.cluster.node("node", redis);
		node.lock("warm").acquire().close();
		redis.cli("EVAL", "for i = 1, 2500 do redis.call('SET', 'key' .. i, string.rep('x', 200)) end", "0");
		redis.cli("SAVE");
		redis.beginRestart();
		Cluster.promptly("reads").until(() -> isRefused(redis, "LOADING"));
		assertRetriedUntil(node, () -> {
		});
		assertNamed(output, "LOADING");
	}

	@Test
	void aWrongPasswordIsSaidAtOnceAndNotTriedAgainAndAgain(CapturedOutput output) throws Exception {
		RedisServer redis = this.cluster.redis();
		redis.cli("ACL", "SETUSER", "locks", "on", ">right", "~*", "&*", "+@all");
		long from = System.nanoTime();
		Node node = this.cluster.node("node", redis, "dlock.username=locks", "dlock.password=notTheRightOne");
		assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(() -> node.lock("orders").acquire())
			.withMessageContaining("WRONGPASS")
			.withMessageContaining("dlock.password");
		assertThatExceptionOfType(LockUnavailableException.class)
			.isThrownBy(() -> node.lock("orders").tryAcquire(Duration.ofSeconds(8)));
		assertThat(Duration.ofNanos(System.nanoTime() - from)).as("it is no use to wait for the TTL of 10 s")
			.isLessThan(Duration.ofSeconds(8));

		Cluster.promptly("a while").until(() -> System.nanoTime() - from > TimeUnit.SECONDS.toNanos(5));
		String failures = redis.cli("ACL", "LOG");
		System.out.printf("A wrong password was tried %s times in 5 s%n", failures.lines().skip(1).findFirst().get());
		assertThat(failures.lines().skip(1).findFirst()).get().satisfies((count) -> {
			assertThat(Integer.parseInt(count)).isLessThan(10);
		});
		assertThat(output).contains("WRONGPASS", "dlock.password").doesNotContain("notTheRightOne");
		Leadership leadership = node.locks().contend("adm");
		redis.cli("ACL", "SETUSER", "locks", ">notTheRightOne");
		Cluster.promptly("let in").until(leadership::isLeader);
		leadership.close();
	}

	@Test
	void aWrongPasswordIsSaidEvenIfRedisWasAwayBefore(CapturedOutput output) {
		RedisServer redis = this.cluster.redis("--requirepass", "right");
		redis.kill();
		this.cluster.node("node", redis, "dlock.password=notTheRightOne");
		Cluster.promptly("said").until(() -> output.getAll().contains("Connection refused"));
		redis.restart();
		Cluster.promptly("said").until(() -> output.getAll().contains("dlock.password"));
	}

	@Test
	void withoutThePermissionToListenALockIsPolledFor(CapturedOutput output) throws Exception {
		RedisServer redis = this.cluster.redis();
		redis.cli("ACL", "SETUSER", "locks", "on", ">secret", "~dlock:*", "resetchannels", "+@all", "-@pubsub",
				"-config");
		String[] credentials = { "dlock.username=locks", "dlock.password=secret" };
		Node holder = this.cluster.node("holder", redis, credentials);
		Node waiter = this.cluster.node("waiter", redis, credentials);
		for (int i = 0; i < 3; i++) {
			Lease lease = holder.lock("orders").acquire();
			CompletableFuture<Lease> waiting = waiter.want("orders");
			this.cluster.awaitTold("waiter", What.LISTENING, "orders");
			long from = System.nanoTime();
			lease.close();
			waiting.get(30, TimeUnit.SECONDS).close();
			assertThat(Duration.ofNanos(System.nanoTime() - from)).as("polled, long before a third of the TTL")
				.isLessThan(Duration.ofSeconds(3));
		}
		assertThat(output.toString().lines().filter((line) -> line.contains("WARN") && line.contains("polls")))
			.as("one warning an instance")
			.hasSize(2);
	}

	/** A try is told why it cannot be; a wait succeeds as soon as it can. */
	private void assertRetriedUntil(Node node, Runnable repair) throws Exception {
		assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(() -> node.lock("orders").tryAcquire());
		CompletableFuture<Lease> waiting = node.want("orders");
		repair.run();
		Lease lease = waiting.get(30, TimeUnit.SECONDS);
		assertThat(lease.isValid()).isTrue();
		lease.close();
	}

	private static void assertNamed(CapturedOutput output, String... words) {
		assertThat(output.toString()
			.lines()
			.filter((line) -> line.contains("WARN") && line.contains("does not answer, or refuses to")))
			.as("the log names cause and remedy")
			.anySatisfy((line) -> assertThat(line).contains(words));
	}

	private static boolean isRefused(RedisServer redis, String why) {
		try {
			redis.cli("GET", "anything");
			return false;
		}
		catch (IllegalStateException ex) {
			return ex.getMessage().startsWith(why);
		}
		catch (UncheckedIOException ex) {
			return false; // it does not listen yet
		}
	}

}
