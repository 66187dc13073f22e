package io.dlock.job;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.dlock.core.Tick;
import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.Trigger;
import org.springframework.scheduling.TriggerContext;
import org.springframework.scheduling.support.CronTrigger;
import org.springframework.scheduling.support.SimpleTriggerContext;

/**
 * Notes the times that a trigger plans, for the runs that come of them. There may be more
 * than one: a scheduler that hands its tasks on to other threads plans the next time
 * before such a thread has begun.
 */
final class PlannedTimes implements Trigger {

	private final Trigger trigger;

	private final Clock clock;

	private final Queue<Instant> times = new ConcurrentLinkedQueue<>();

	PlannedTimes(Trigger trigger, Clock clock) {
		this.trigger = trigger;
		this.clock = clock;
	}

	@Override
	public @Nullable Instant nextExecution(TriggerContext context) {
		Instant next = this.trigger.nextExecution(context);
		if (next != null) {
			this.times.add(next);
		}
		return next;
	}

	/**
	 * The tick of the next run.
	 */
	@Nullable Tick next() {
		Instant time = this.times.poll();
		return (time != null) ? new Tick.At(schedule(), time, periodAfter(time)) : null;
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
