package io.dlock.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.dlock.Lease;
import io.dlock.faults.Journal.What;
import io.dlock.testing.FakeClock;
import io.dlock.testing.RedisServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * The wall clock of an application jumps: to the last hour, and to the next. The clock is
 * that of {@link FakeClock}; where there is none these tests are skipped.
 */
class WallClockTests {

	private static final Duration JUMP = Duration.ofHours(1);

	@RegisterExtension
	final Cluster cluster = new Cluster().ttl(Duration.ofSeconds(3)).commandTimeout(Duration.ofSeconds(2));

	private final RedisServer redis = this.cluster.redis();

	@TempDir
	Path folder;

	private ChildNode jumping;

	private Node other;

	@BeforeEach
	void startNodes() {
		assumeThat(FakeClock.isInstalled()).as("libfaketimeMT.so.1").isTrue();
		jump("+0");
		this.jumping = this.cluster.child("jumping", this.redis, FakeClock
			.environment(Map.of("FAKETIME_TIMESTAMP_FILE", clock().toString(), "FAKETIME_CACHE_DURATION", "1")));
		this.other = this.cluster.node("other", this.redis).connected();
	}

	@Test
	void aHolderKeepsItsLock() throws Exception {
		long token = this.jumping.acquire("orders");
		for (String offset : List.of("+1h", "-1h", "+0")) {
			jump(offset);
			awaitClock(offset);
			long from = System.nanoTime();
			Cluster.promptly("a TTL has passed").until(() -> System.nanoTime() - from > this.cluster.ttl().toNanos());
			assertThat(this.jumping.isValid("orders")).as(offset).isTrue();
			assertThat(this.other.locks().holder("orders"))
				.hasValueSatisfying((holder) -> assertThat(holder.fencingToken()).isEqualTo(token));
		}
		assertThat(this.other.lock("orders").tryAcquire()).isEmpty();
		this.jumping.tell("close", "orders");
		assertThat(this.cluster.journal().entries("jumping", What.LOST, "orders")).isEmpty();
		this.other.lock("orders").acquire().close();
	}

	@Test
	void aWaiterWaitsNeitherLongerNorShorter() throws Exception {
		Lease lease = this.other.lock("orders", Duration.ofMinutes(1)).acquire();
		for (String offset : List.of("+1h", "-1h")) {
			CompletableFuture<String> timed = this.jumping.ask("tryFor", "2000");
			Cluster.promptly("waits")
				.until(() -> this.redis.cli("HKEYS", "dlock:{orders}:waiting").startsWith("jumping"));
			jump(offset);
			assertThat(Long.parseLong(timed.get())).as(offset).isBetween(2000L, 2000L + 5000);
		}
		CompletableFuture<String> waiting = this.jumping.want("orders");
		Cluster.promptly("waits").until(() -> this.redis.cli("HKEYS", "dlock:{orders}:waiting").startsWith("jumping"));
		jump("+1h");
		lease.close();
		assertThat(waiting).succeedsWithin(Duration.ofSeconds(10));
		assertThat(Long.parseLong(waiting.get())).isGreaterThan(lease.fencingToken());
		this.jumping.tell("close", "orders");
	}

	/** Returns when the process sees the clock as it is meant to be. */
	private void awaitClock(String offset) {
		Duration wanted = switch (offset) {
			case "+1h" -> JUMP;
			case "-1h" -> JUMP.negated();
			default -> Duration.ZERO;
		};
		Cluster.promptly("the clock has jumped").until(() -> {
			Instant seen = Instant.ofEpochMilli(Long.parseLong(this.jumping.tell("clock", "")));
			Duration off = Duration.between(Instant.now(), seen).minus(wanted).abs();
			return off.compareTo(Duration.ofMinutes(1)) < 0;
		});
	}

	private void jump(String offset) {
		try {
			Path next = Files.writeString(this.folder.resolve("next"), offset);
			Files.move(next, clock(), StandardCopyOption.ATOMIC_MOVE);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private Path clock() {
		return this.folder.resolve("clock");
	}

}
