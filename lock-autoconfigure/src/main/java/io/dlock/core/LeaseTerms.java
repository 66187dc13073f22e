package io.dlock.core;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.dlock.LockOptions;
import org.jspecify.annotations.Nullable;

/**
 * The times that a lease lives by, complete and checked.
 *
 * @param ttl how long its grant lasts without renewal
 * @param renewInterval how often the grant is renewed
 * @param maxHold the longest time it is held, or null for as long as its owner likes
 * @param job what else a job asks for
 */
record LeaseTerms(Duration ttl, Duration renewInterval, @Nullable Duration maxHold, JobTerms job) {

	LeaseTerms {
		if (ttl.compareTo(LeaseSettings.LONGEST_TTL) > 0) {
			throw new IllegalArgumentException("ttl is " + ttl + ": it must be at most "
					+ LeaseSettings.LONGEST_TTL.toDays() + " days; a lock that is to be held for longer is renewed");
		}
		if (renewInterval.compareTo(LeaseSettings.part(ttl, 2)) > 0) {
			throw new IllegalArgumentException("renewInterval is " + renewInterval
					+ ": it must be at most half of the ttl, which is " + ttl + "; set both in LockOptions");
		}
	}

	LeaseTerms(Duration ttl, Duration renewInterval, @Nullable Duration maxHold) {
		this(ttl, renewInterval, maxHold, JobTerms.NONE);
	}

	static LeaseTerms of(LeaseSettings settings, LockOptions options) {
		return of(settings, options, JobTerms.NONE);
	}

	static LeaseTerms of(LeaseSettings settings, LockOptions options, JobTerms job) {
		Duration ttl = (options.ttl() != null) ? options.ttl() : settings.ttl();
		Duration renewInterval = (options.ttl() != null) ? LeaseSettings.part(ttl, 3) : settings.renewInterval();
		if (options.renewInterval() != null) {
			renewInterval = options.renewInterval();
		}
		return new LeaseTerms(ttl, renewInterval, options.maxHold(), job);
	}

	/**
	 * Whether one request for a grant serves both.
	 */
	boolean isAskedForLike(LeaseTerms other) {
		return this.ttl.equals(other.ttl) && this.renewInterval.equals(other.renewInterval)
				&& this.job.equals(other.job);
	}

	/**
	 * Whether a grant may go from the one to the other without the store, which would
	 * have nothing to see to.
	 */
	boolean isHandedOnTo(LeaseTerms next) {
		return isAskedForLike(next) && this.job.isNone();
	}

	/**
	 * Until when a grant may be relied on whose TTL began, in the store, after the given
	 * time. A tenth of the TTL is left out: it covers clocks that run at different rates,
	 * and leaves time to stop the work before somebody else can begin.
	 */
	long validUntil(long sentAt) {
		return sentAt + ttlNanos() - ttlNanos() / 10;
	}

	/**
	 * The longest hold in nanoseconds, or as many as there can be; null for as long as
	 * its owner likes.
	 */
	@Nullable Long maxHoldNanos() {
		return (this.maxHold != null) ? TimeUnit.NANOSECONDS.convert(this.maxHold) : null;
	}

	long ttlNanos() {
		return this.ttl.toNanos();
	}

}
