package io.dlock.core;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * What {@link LocalLocks} remember of the job under one key: the ticks that were taken,
 * and what the key owes to a grant. All of it is forgotten at one time, as by a server
 * with a TTL for each key. Guarded by these.
 */
final class LocalJob {

	/**
	 * By so much, what the key owes to a grant is remembered for longer than it counts.
	 */
	private static final Duration MARGIN = Duration.ofMinutes(1);

	private final Map<String, Taken> ticks = new HashMap<>();

	private @Nullable Owed owed;

	/** When all of it is forgotten, in nanoseconds: at once, while there is nothing. */
	private long keptUntil;

	LocalJob(long now) {
		this.keptUntil = now;
	}

	boolean isForgotten(long now) {
		return this.keptUntil - now <= 0;
	}

	private void keep(Duration time, long now) {
		this.keptUntil = now + Math.max(this.keptUntil - now, TimeUnit.NANOSECONDS.convert(time));
	}

	/**
	 * Judges a claim, and changes nothing.
	 * @return the tick that it takes, or the last one where it comes too late
	 */
	Judgement judge(Claim claim, GrantId by, long now) {
		Taken last = this.ticks.get(claim.schedule());
		long nowMillis = TimeUnit.NANOSECONDS.toMillis(now);
		long tick = (claim.kind() == Claim.Kind.AT) ? claim.millis() : nowMillis - claim.millis();
		if (last == null) {
			return new Judgement(true, new Taken(tick, by));
		}
		if (last.by().equals(by)) {
			return new Judgement(true, last);
		}
		long period = claim.period().toMillis();
		long due = last.millis() + period;
		long slack = Math.min(period / 10, 1000 + period / 1000);
		boolean free = switch (claim.kind()) {
			case AT -> tick > last.millis();
			case EVERY, AFTER -> tick >= due - slack;
		};
		if (free && claim.kind() == Claim.Kind.EVERY && tick - due <= period / 2) {
			long step = Math.max(1, period / 1000);
			tick = due + Math.max(-step, Math.min(step, tick - due));
		}
		return new Judgement(free, free ? new Taken(tick, by) : last);
	}

	void take(Claim claim, Taken tick, long now) {
		this.ticks.put(claim.schedule(), tick);
		keep(claim.remembered(), now);
	}

	/**
	 * Notes what the key owes to a grant from now on, unless that was done before.
	 */
	void owe(AcquireRequest request, long now) {
		if (this.owed == null || !this.owed.to().equals(request.id())) {
			Claim claim = request.claim();
			this.owed = new Owed(request.id(), now + request.atLeast().toNanos(),
					(claim != null && claim.kind() == Claim.Kind.AFTER) ? claim.schedule() : null);
			keep(request.atLeast().plus(MARGIN), now);
		}
	}

	/**
	 * How long a key has to stay taken for a grant that is given up.
	 */
	Duration rest(GrantId grant, long now) {
		Owed current = this.owed;
		return (current != null && current.to().equals(grant) && current.until() - now > 0)
				? Duration.ofNanos(current.until() - now) : Duration.ZERO;
	}

	/**
	 * The run of a grant has ended, which counts where the period is one after the end.
	 */
	void ended(GrantId grant, long now) {
		Owed current = this.owed;
		if (current != null && current.to().equals(grant) && current.schedule() != null) {
			this.ticks.put(current.schedule(), new Taken(TimeUnit.NANOSECONDS.toMillis(now), grant));
		}
	}

	/**
	 * A tick that was taken.
	 *
	 * @param millis its time, by whatever clock its schedule goes by
	 * @param by the claim
	 */
	record Taken(long millis, GrantId by) {
	}

	/**
	 * What becomes of a claim.
	 *
	 * @param free whether the tick is there to be taken
	 * @param tick that tick, or else the last one that was taken
	 */
	record Judgement(boolean free, Taken tick) {
	}

	/**
	 * What the key owes to a grant.
	 *
	 * @param to which
	 * @param until until when the key stays taken, in nanoseconds
	 * @param schedule the schedule for which its end counts, or null for none
	 */
	private record Owed(GrantId to, long until, @Nullable String schedule) {
	}

}
