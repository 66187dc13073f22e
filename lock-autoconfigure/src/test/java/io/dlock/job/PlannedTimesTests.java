package io.dlock.job;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;

import io.dlock.core.Tick;
import org.junit.jupiter.api.Test;

import org.springframework.scheduling.support.CronTrigger;
import org.springframework.scheduling.support.SimpleTriggerContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PlannedTimes}: which tick a run is for.
 */
class PlannedTimesTests {

	private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

	private final Clock clock = Clock.fixed(NOON.minusMillis(1), ZoneOffset.UTC);

	private final SimpleTriggerContext context = new SimpleTriggerContext(this.clock);

	private final PlannedTimes times = new PlannedTimes(new CronTrigger("0 0 * * * *"), this.clock);

	@Test
	void aRunThatIsLateIsForTheTimeItWasPlannedFor() {
		this.times.nextExecution(this.context);
		this.context.update(NOON, NOON.plusSeconds(7000), NOON.plusSeconds(7000));
		assertThat(this.times.next()).isEqualTo(at(NOON));
		this.times.nextExecution(this.context);
		assertThat(this.times.next()).isEqualTo(at(NOON.plusSeconds(7200)));
	}

	@Test
	void aRunThatBeginsAfterTheNextWasPlannedIsForItsOwn() {
		this.times.nextExecution(this.context);
		this.context.update(NOON, NOON, NOON);
		this.times.nextExecution(this.context);
		assertThat(this.times.next()).isEqualTo(at(NOON));
		assertThat(this.times.next()).isEqualTo(at(NOON.plusSeconds(3600)));
	}

	@Test
	void aRunThatNobodyPlannedHasNoTick() {
		assertThat(this.times.next()).isNull();
	}

	private static Tick at(Instant time) {
		return new Tick.At("cron 0 0 * * * *", time, Duration.ofHours(1));
	}

}
