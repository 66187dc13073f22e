package io.dlock.job;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Queue;

import io.dlock.core.Tick;
import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.Trigger;
import org.springframework.scheduling.TriggerContext;
import org.springframework.scheduling.support.CronTrigger;
import org.springframework.scheduling.support.SimpleTriggerContext;

/**
 * Notes the times that a trigger plans, for the runs that come of them.
 * <p>
 * A scheduler that runs its tasks itself plans a time when the run of the one before is
 * over: there is one run to come, for the one time that is noted, however late it begins.
 * A scheduler that hands its tasks on to other threads plans the next time as soon as it
 * has handed on a run, which then may begin late, after later ones, or never: a full
 * executor drops it. Nothing says whose run it is that begins, and if it was given a time
 * whose run was dropped, it and all that follow would be for times too old, which other
 * instances have taken long ago. So a run is for the earliest time that has none yet, but
 * a time is <em>passed over</em> when a later one is due as well. The run of a time that
 * was passed over, if it comes after all, is for the time of the run before it, and
 * claims a tick that is taken. So of several ticks that are due at once one runs, as with
 * a scheduler that runs its tasks itself; their runs would mostly exclude each other.
 */
final class PlannedTimes implements Trigger {

	private final Trigger trigger;

	private final Clock clock;

	/** Planned, and no run has begun for them: two at most. Guarded by this. */
	private final Queue<Instant> times = new ArrayDeque<>();

	/** What the last run that began is for. Guarded by this. */
	private @Nullable Instant last;

	/** Whether a time was ever passed over. Guarded by this. */
	private boolean passesOver;

	PlannedTimes(Trigger trigger, Clock clock) {
		this.trigger = trigger;
		this.clock = clock;
	}

	@Override
	public @Nullable Instant nextExecution(TriggerContext context) {
		Instant next = this.trigger.nextExecution(context);
		if (next != null) {
			add(next);
		}
		return next;
	}

	/**
	 * The last time before is due, since the next one is planned: what is before both is
	 * passed over.
	 */
	private synchronized void add(Instant next) {
		if (this.times.size() > 1) {
			this.times.remove();
			this.passesOver = true;
		}
		this.times.add(next);
	}

	/**
	 * The tick of the next run.
	 */
	@Nullable Tick next() {
		Instant time = next(this.clock.instant());
		return (time != null) ? new Tick.At(schedule(), time, periodAfter(time)) : null;
	}

	private synchronized @Nullable Instant next(Instant now) {
		Instant time = this.times.peek();
		if (time == null || (this.passesOver && isNearerToLast(now, time))) {
			return this.last;
		}
		this.last = this.times.remove();
		while (!this.times.isEmpty() && !this.times.element().isAfter(now)) {
			this.last = this.times.remove();
			this.passesOver = true;
		}
		return this.last;
	}

	/**
	 * A scheduler may be a little early by the clock that it has planned with, but not by
	 * half a period: whoever comes then is the run of a time that was passed over. Where
	 * none ever was, it is the clock that has gone back. Guarded by this.
	 */
	private boolean isNearerToLast(Instant now, Instant time) {
		Instant before = this.last;
		return before != null && now.isBefore(before.plus(Duration.between(before, time).dividedBy(2)));
	}

	/**
	 * The same name in every instance.
	 */
	private String schedule() {
		return (this.trigger instanceof CronTrigger cron) ? "cron " + cron.getExpression()
				: this.trigger.getClass().getName();
	}

	private Duration periodAfter(Instant time) {
		SimpleTriggerContext context = new SimpleTriggerContext(this.clock);
		context.update(time, time, time);
		Instant following = this.trigger.nextExecution(context);
		return (following != null) ? Duration.between(time, following) : Duration.ofDays(1);
	}

}
