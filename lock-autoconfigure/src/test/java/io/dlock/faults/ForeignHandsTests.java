package io.dlock.faults;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.dlock.Lease;
import io.dlock.LossCause;
import io.dlock.faults.Journal.What;
import io.dlock.testing.RedisServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Somebody deletes, overwrites or evicts the keys of a lock.
 */
@ExtendWith(OutputCaptureExtension.class)
class ForeignHandsTests {

	@RegisterExtension
	final Cluster cluster = new Cluster().ttl(Duration.ofSeconds(3));

	private final RedisServer redis = this.cluster.redis();

	private final Node holder = this.cluster.node("holder", this.redis);

	private final Node other = this.cluster.node("other", this.redis);

	@Test
	void theHolderOfALockThatWasDeletedHearsOfIt(CapturedOutput output) throws Exception {
		this.cluster.redisLosesWrites();
		Lease lease = this.holder.lock("orders").acquire();
		this.redis.cli("DEL", "dlock:{orders}");
		long deletedAt = System.nanoTime();
		Lease next = this.other.lock("orders").acquire();
		this.cluster.awaitTold("holder", What.LOST, "orders");
		assertToldInTime(deletedAt);
		assertThat(lease.isValid()).isFalse();
		assertThat(next.fencingToken()).isGreaterThan(lease.fencingToken());
		assertThat(output).contains("Lost lock 'orders' (token " + lease.fencingToken() + ", taken): other-");
		next.close();
	}

	@Test
	void theHolderOfALockThatWasDeletedHearsOfItThoughNobodyTookIt(CapturedOutput output) throws Exception {
		Lease lease = this.holder.lock("orders").acquire();
		this.redis.cli("DEL", "dlock:{orders}");
		long deletedAt = System.nanoTime();
		this.cluster.awaitTold("holder", What.LOST, "orders");
		assertToldInTime(deletedAt);
		assertThat(this.cluster.journal().entries("holder", What.LOST, "orders").get(0).detail())
			.isEqualTo(LossCause.DELETED.name());
		assertThat(output).contains("Lost lock 'orders' (token " + lease.fencingToken() + ", deleted)");
		Lease next = this.other.lock("orders").acquire();
		assertThat(next.fencingToken()).isGreaterThan(lease.fencingToken());
		next.close();
	}

	@Test
	void aHolderRestoresALockThatWasFlushed() throws Exception {
		Lease lease = this.holder.lock("orders").acquire();
		String held = this.redis.cli("GET", "dlock:{orders}");
		this.redis.cli("FLUSHALL");
		Cluster.promptly("restored").until(() -> this.redis.cli("GET", "dlock:{orders}").equals(held));
		assertThat(lease.isValid()).isTrue();
		lease.close();
		Lease next = this.other.lock("orders").acquire();
		assertThat(next.fencingToken()).isGreaterThan(lease.fencingToken());
		next.close();
	}

	@Test
	void theHolderOfALockThatWasFlushedHearsIfAnotherWasFaster() throws Exception {
		this.cluster.redisLosesWrites();
		Lease lease = this.holder.lock("orders").acquire();
		this.redis.cli("FLUSHALL");
		long flushedAt = System.nanoTime();
		Lease next = this.other.lock("orders").acquire();
		this.cluster.awaitTold("holder", What.LOST, "orders");
		assertToldInTime(flushedAt);
		assertThat(next.fencingToken()).isGreaterThan(lease.fencingToken());
		assertThat(next.isValid()).isTrue();
		next.close();
	}

	@Test
	void aHolderRestoresWhatWasEvicted() throws Exception {
		Lease lease = this.holder.lock("orders").acquire();
		String held = this.redis.cli("GET", "dlock:{orders}");
		this.redis.cli("CONFIG", "SET", "maxmemory-policy", "volatile-ttl");
		this.redis.cli("CONFIG", "SET", "maxmemory", "1");
		Cluster.promptly("evicted").until(() -> {
			try {
				this.redis.cli("SET", "more", "data");
			}
			catch (IllegalStateException ex) {
				// nothing can be evicted any more
			}
			return this.redis.cli("EXISTS", "dlock:{orders}", "dlock:{orders}:fence").equals("0");
		});
		this.redis.cli("CONFIG", "SET", "maxmemory", "0");
		Cluster.promptly("restored").until(() -> this.redis.cli("GET", "dlock:{orders}").equals(held));
		assertThat(lease.isValid()).isTrue();
		lease.close();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "a string | SET dlock:{orders} hello",
			"a hash | HSET dlock:{orders} field value", "a list | RPUSH dlock:{orders} element" })
	void aLockThatIsOverwrittenIsLostWithAClearCause(String what, String command, CapturedOutput output)
			throws Exception {
		Lease lease = this.holder.lock("orders").acquire();
		this.redis.cli("DEL", "dlock:{orders}");
		this.redis.cli(command.split(" "));
		long overwrittenAt = System.nanoTime();
		this.cluster.awaitTold("holder", What.LOST, "orders");
		assertToldInTime(overwrittenAt);
		assertThat(this.cluster.journal().entries("holder", What.LOST, "orders").get(0).detail())
			.isEqualTo(LossCause.TAKEN.name());
		String kind = what.substring(2);
		assertThat(output).contains("Lost lock 'orders' (token " + lease.fencingToken() + ", taken)",
				"not a dlock value: " + kind);

		CompletableFuture<Lease> waiting = this.other.want("orders");
		this.cluster.awaitTold("other", What.LISTENING, "orders");
		assertThat(this.holder.lock("orders").tryAcquire()).isEmpty();
		assertThat(this.redis.cli("TYPE", "dlock:{orders}")).as("somebody else's is left alone").isEqualTo(kind);
		assertThat(output).doesNotContain("WRONGTYPE");
		this.redis.cli("DEL", "dlock:{orders}");
		waiting.get(30, TimeUnit.SECONDS).close();
	}

	@Test
	void aKeyOfTheWrongTypeStarvesNobodyElse() throws Exception {
		Lease[] leases = new Lease[20];
		for (int i = 0; i < leases.length; i++) {
			leases[i] = this.holder.lock("k" + i).acquire();
		}
		this.redis.cli("DEL", "dlock:{k7}");
		this.redis.cli("HSET", "dlock:{k7}", "field", "value");
		this.redis.cli("DEL", "dlock:{k8}:fence");
		this.redis.cli("HSET", "dlock:{k8}:fence", "field", "value");
		long from = System.nanoTime();
		this.cluster.awaitTold("holder", What.LOST, "k7");
		Cluster.promptly("longer than a TTL")
			.until(() -> System.nanoTime() - from > this.cluster.ttl().toNanos() * 3 / 2);
		for (int i = 0; i < leases.length; i++) {
			assertThat(leases[i].isValid()).as("k" + i).isEqualTo(i != 7);
			leases[i].close();
		}
		this.redis.cli("DEL", "dlock:{k7}", "dlock:{k8}:fence");
	}

	private void assertToldInTime(long from) {
		assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(this.cluster.lossTold());
	}

}
