package io.dlock.job;

import java.time.Duration;

import io.dlock.LockOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.core.env.Environment;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * What a {@link SingletonJob} says besides its key, read and checked.
 *
 * @param mode for how long an instance keeps the lock
 * @param waitFor how long to wait for a lock that is held, zero for not at all
 * @param atLeast for how long the lock stays, even if the job is done before
 * @param atMost how long a run may take, or null for as long as it likes
 * @param onLoss what happens to a run that loses the lock
 * @param whenUnavailable what a call does without a lock store
 */
record JobSettings(JobMode mode, Duration waitFor, Duration atLeast, @Nullable Duration atMost, OnLoss onLoss,
		WhenUnavailable whenUnavailable) {

	JobSettings {
		if (atMost != null && atMost.isZero()) {
			throw new IllegalStateException("its atMost is zero: a run takes longer than that");
		}
		if (atMost != null && atLeast.compareTo(atMost) > 0) {
			throw new IllegalStateException(
					"its atLeast (%s) is longer than its atMost (%s), at which the lock is given up".formatted(atLeast,
							atMost));
		}
		if (mode == JobMode.LEADER && !waitFor.isZero()) {
			throw new IllegalStateException("its waitFor has no use with mode LEADER, which keeps the lock from run "
					+ "to run: take one of them out");
		}
	}

	/**
	 * Reads what an annotation says.
	 * @throws IllegalStateException when something of it makes no sense
	 */
	static JobSettings of(SingletonJob annotation, Environment environment) {
		Duration atMost = duration("atMost", annotation.atMost(), environment);
		return new JobSettings(annotation.mode(), orZero(duration("waitFor", annotation.waitFor(), environment)),
				orZero(duration("atLeast", annotation.atLeast(), environment)), atMost, annotation.onLoss(),
				annotation.whenUnavailable());
	}

	/**
	 * A leader keeps the lock for longer than its runs may take.
	 */
	LockOptions lockOptions() {
		return (this.atMost != null && this.mode != JobMode.LEADER) ? LockOptions.defaults().withMaxHold(this.atMost)
				: LockOptions.defaults();
	}

	private static Duration orZero(@Nullable Duration duration) {
		return (duration != null) ? duration : Duration.ZERO;
	}

	/**
	 * A number alone is refused: nobody who reads it can tell whether it means seconds.
	 */
	private static @Nullable Duration duration(String name, String text, Environment environment) {
		if (text.isEmpty()) {
			return null;
		}
		String value = environment.resolveRequiredPlaceholders(text).strip();
		try {
			Duration duration = DurationFormatterUtils.detectAndParse(value);
			if (!duration.isNegative() && value.chars().anyMatch(Character::isLetter)) {
				return duration;
			}
		}
		catch (IllegalArgumentException ex) {
			// said below
		}
		throw new IllegalStateException("its %s '%s' is no duration: write for example 30s, 5m or PT30S".formatted(name,
				(value.equals(text) ? text : text + "' ('" + value + "')")));
	}

}
