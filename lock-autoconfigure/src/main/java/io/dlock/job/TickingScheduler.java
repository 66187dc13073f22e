package io.dlock.job;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.dlock.core.Tick;
import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.Trigger;

/**
 * Has another scheduler do the work, and tells each task for which tick it is called.
 * <p>
 * What a task runs for is what it was planned for, however late its thread comes to it.
 * So the times are noted when they are planned, and taken one after the other by the
 * runs: not read from a clock when a run begins.
 */
final class TickingScheduler implements TaskScheduler {

	/**
	 * Such a period is none, but means that a task is run once: {@code Long.MAX_VALUE}
	 * milliseconds, as a rule.
	 */
	private static final Duration ENDLESS = Duration.ofDays(36_500);

	private final TaskScheduler scheduler;

	TickingScheduler(TaskScheduler scheduler) {
		this.scheduler = scheduler;
	}

	@Override
	public Clock getClock() {
		return this.scheduler.getClock();
	}

	@Override
	public @Nullable ScheduledFuture<?> schedule(Runnable task, Trigger trigger) {
		PlannedTimes times = new PlannedTimes(trigger, getClock());
		return this.scheduler.schedule(new ScheduledCall(task, times::next), times);
	}

	/**
	 * A task that is run once, after a delay that each instance counts for itself, has no
	 * tick that others could share.
	 */
	@Override
	public ScheduledFuture<?> schedule(Runnable task, Instant startTime) {
		return this.scheduler.schedule(task, startTime);
	}

	@Override
	public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, Instant startTime, Duration period) {
		Duration delay = Duration.between(getClock().instant(), startTime);
		return this.scheduler.scheduleAtFixedRate(atRate(task, delay, period), startTime, period);
	}

	@Override
	public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, Duration period) {
		return this.scheduler.scheduleAtFixedRate(atRate(task, Duration.ZERO, period), period);
	}

	private static Runnable atRate(Runnable task, Duration delay, Duration period) {
		if (isOnce(period)) {
			return task;
		}
		long nanos = TimeUnit.NANOSECONDS.convert(period);
		AtomicLong due = new AtomicLong(System.nanoTime() + TimeUnit.NANOSECONDS.convert(delay));
		return new ScheduledCall(task, () -> new Tick.Every(period, due.getAndAdd(nanos)));
	}

	@Override
	public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, Instant startTime, Duration delay) {
		return this.scheduler.scheduleWithFixedDelay(afterDelay(task, delay), startTime, delay);
	}

	@Override
	public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, Duration delay) {
		return this.scheduler.scheduleWithFixedDelay(afterDelay(task, delay), delay);
	}

	private static Runnable afterDelay(Runnable task, Duration delay) {
		return isOnce(delay) ? task : new ScheduledCall(task, () -> new Tick.After(delay));
	}

	private static boolean isOnce(Duration period) {
		return period.compareTo(ENDLESS) >= 0;
	}

}
