package io.dlock.job;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;

import io.dlock.core.Tick;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.scheduling.support.CronTrigger;
import org.springframework.scheduling.support.SimpleTriggerContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link PlannedTimes}: which tick a run is for.
 */
class PlannedTimesTests {

	private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

	private Instant now = NOON.minusMillis(1);

	private final Clock clock = mock();

	private final SimpleTriggerContext context = new SimpleTriggerContext(this.clock);

	private final PlannedTimes times = new PlannedTimes(new CronTrigger("0 0 * * * *", ZoneOffset.UTC), this.clock);

	@BeforeEach
	void startClock() {
		given(this.clock.instant()).willAnswer((call) -> this.now);
		given(this.clock.getZone()).willReturn(ZoneOffset.UTC);
	}

	@Test
	void aRunThatIsLateIsForTheTimeItWasPlannedFor() {
		plan();
		this.now = after(7000);
		assertThat(this.times.next()).isEqualTo(at(0));
		planAfter(NOON);
		this.now = after(7200);
		assertThat(this.times.next()).isEqualTo(at(7200));
	}

	@Test
	void aRunThatBeginsAfterTheNextWasPlannedIsForItsOwn() {
		plan();
		this.now = NOON;
		planAfter(NOON);
		this.now = after(3599);
		assertThat(this.times.next()).isEqualTo(at(0));
		this.now = after(3600);
		assertThat(this.times.next()).isEqualTo(at(3600));
	}

	@Test
	void aRunThatBeginsBeforeItsTimeIsForItAllTheSame() {
		plan();
		assertThat(this.times.next()).isEqualTo(at(0));
		planAfter(NOON);
		this.now = after(3595);
		assertThat(this.times.next()).isEqualTo(at(3600));
	}

	@Test
	void aRunIsForItsTimeThoughTheClockHasGoneBackMeanwhile() {
		plan();
		this.now = NOON;
		assertThat(this.times.next()).isEqualTo(at(0));
		planAfter(NOON);
		this.now = after(-3600);
		assertThat(this.times.next()).isEqualTo(at(3600));
	}

	@Test
	void aRunThatComesAfterDroppedOnesIsForTheTimeThatIsDue() {
		plan();
		for (long hour = 0; hour < 5; hour++) {
			this.now = after(hour * 3600);
			planAfter(this.now);
		}
		this.now = after(5 * 3600);
		assertThat(this.times.next()).isEqualTo(at(5 * 3600));
		planAfter(this.now);
		this.now = after(6 * 3600);
		assertThat(this.times.next()).isEqualTo(at(6 * 3600));
	}

	@Test
	void aRunThatBeginsWhenItsTimeWasPassedOverIsForOneThatWasTaken() {
		plan();
		this.now = NOON;
		planAfter(NOON);
		this.now = after(3600);
		assertThat(this.times.next()).as("of two that begin late").isEqualTo(at(3600));
		assertThat(this.times.next()).as("before the next is planned").isEqualTo(at(3600));
		planAfter(this.now);
		assertThat(this.times.next()).as("after that").isEqualTo(at(3600));
		this.now = after(7200);
		assertThat(this.times.next()).as("in time").isEqualTo(at(7200));
	}

	@Test
	void aRunThatNobodyPlannedHasNoTick() {
		assertThat(this.times.next()).isNull();
	}

	private void plan() {
		this.times.nextExecution(this.context);
	}

	private void planAfter(Instant time) {
		this.context.update(time, this.now, this.now);
		plan();
	}

	private static Instant after(long seconds) {
		return NOON.plusSeconds(seconds);
	}

	private static Tick at(long seconds) {
		return new Tick.At("cron 0 0 * * * *", after(seconds), Duration.ofHours(1));
	}

}
