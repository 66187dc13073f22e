package io.dlock.core;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LeaseSettings}.
 */
class LeaseSettingsTests {

	@Test
	void aPartIsWhatADivisionGives() {
		for (Duration whole : new Duration[] { Duration.ofMillis(100), Duration.ofSeconds(10), Duration.ofNanos(1),
				Duration.ofSeconds(5, 999_999_999), Duration.ofDays(365), ChronoUnit.FOREVER.getDuration() }) {
			assertThat(LeaseSettings.part(whole, 2)).isEqualTo(whole.dividedBy(2));
			assertThat(LeaseSettings.part(whole, 3)).isEqualTo(whole.dividedBy(3));
		}
	}

}
