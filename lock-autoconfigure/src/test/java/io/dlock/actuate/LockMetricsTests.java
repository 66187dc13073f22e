package io.dlock.actuate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

import io.dlock.FailureCause;
import io.dlock.LockKind;
import io.dlock.LockRegistry;
import io.dlock.LossCause;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link LockMetrics}.
 */
class LockMetricsTests {

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	private final LockMetrics metrics = new LockMetrics();

	private final LockRegistry registry = mock(LockRegistry.class);

	@BeforeEach
	void bind() {
		this.metrics.bindTo(this.meters);
	}

	@Test
	void timesHowLongALockWasWaitedForAndHeld() {
		this.metrics.acquired(this.registry, "a", LockKind.JOB, 1, Duration.ofMillis(30));
		this.metrics.released(this.registry, "a", LockKind.JOB, 1, Duration.ofSeconds(2));
		Timer waited = this.meters.get("dlock.acquired").tag("kind", "job").timer();
		assertThat(waited.count()).isOne();
		assertThat(waited.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(30);
		Timer held = this.meters.get("dlock.released").tag("kind", "job").timer();
		assertThat(held.count()).isOne();
		assertThat(held.totalTime(TimeUnit.SECONDS)).isEqualTo(2);
		assertThat(this.meters.get("dlock.acquired").tag("kind", "lock").timer().count()).isZero();
	}

	@Test
	void countsWhoFailsAndWhoWaits() {
		this.metrics.failed(this.registry, "a", LockKind.LOCK, FailureCause.TIMED_OUT, "other", null);
		this.metrics.failed(this.registry, "b", LockKind.LOCK, FailureCause.TIMED_OUT, null, null);
		this.metrics.listening(this.registry, "a", LockKind.LEADERSHIP, "other", 1);
		assertThat(counter("dlock.failed", "lock", "timed_out").count()).isEqualTo(2);
		assertThat(counter("dlock.failed", "lock", "held").count()).isZero();
		assertThat(this.meters.get("dlock.listening").tag("kind", "leadership").counter().count()).isOne();
	}

	@Test
	void countsALossOnceThoughItIsToldAgain() {
		this.metrics.lost(this.registry, "a", LockKind.LOCK, 1, LossCause.TAKEN, Instant.now());
		this.metrics.lostAgain(this.registry, "a", LockKind.LOCK, 1, LossCause.TAKEN, Instant.now());
		assertThat(counter("dlock.lost", "lock", "taken").count()).isOne();
	}

	@Test
	void countsInEachRegistryThatItIsBoundTo() {
		SimpleMeterRegistry others = new SimpleMeterRegistry();
		this.metrics.listening(this.registry, "a", LockKind.LOCK, null, 1);
		this.metrics.bindTo(others);
		this.metrics.listening(this.registry, "a", LockKind.LOCK, null, 1);
		assertThat(this.meters.get("dlock.listening").tag("kind", "lock").counter().count()).isEqualTo(2);
		assertThat(others.get("dlock.listening").tag("kind", "lock").counter().count()).isOne();
	}

	@Test
	void allMetersAreThereBeforeAnythingHappensAndHaveNoKey() {
		assertThat(this.meters.find("dlock.lost").counters()).hasSize(3 * LossCause.values().length)
			.allSatisfy((counter) -> assertThat(counter.getId().getTag("key")).isNull());
		assertThat(this.meters.find("dlock.failed").counters()).hasSize(3 * FailureCause.values().length);
		assertThat(this.meters.getMeters())
			.allSatisfy((meter) -> assertThat(meter.getId().getDescription()).isNotBlank());
	}

	@Test
	void theReadmeNamesThem() throws IOException {
		new LeaseGauge(this.registry).bindTo(this.meters);
		String readme = Files.readString(Path.of("..", "README.md"));
		assertThat(this.meters.getMeters()).extracting((meter) -> meter.getId().getName())
			.contains("dlock.leases")
			.allSatisfy((name) -> assertThat(readme).contains("| `" + name + "` |"));
	}

	private Counter counter(String name, String kind, String cause) {
		return this.meters.get(name).tag("kind", kind).tag("cause", cause).counter();
	}

}
