package io.dlock.core;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * A clock and an alarm that stand still until a test moves them.
 */
final class ManualTime implements NanoClock, Alarm {

	private final PriorityQueue<Task> tasks = new PriorityQueue<>(
			Comparator.comparingLong(Task::at).thenComparingLong(Task::sequence));

	private long now = Long.MAX_VALUE - Duration.ofSeconds(5).toNanos();

	private long origin = this.now;

	private long sequence;

	@Override
	public synchronized long nanoTime() {
		return this.now;
	}

	@Override
	public synchronized Cancellation after(long delayNanos, Runnable task) {
		long delay = Math.min(Math.max(0, delayNanos), Long.MAX_VALUE / 2);
		Task added = new Task(elapsed() + delay, this.sequence++, task);
		this.tasks.add(added);
		return () -> cancel(added);
	}

	@Override
	public synchronized void close() {
		this.tasks.clear();
	}

	/**
	 * Moves on, and runs at its time what is due meanwhile.
	 */
	void pass(Duration time) {
		long until = elapsed() + time.toNanos();
		Task due = nextUntil(until);
		while (due != null) {
			this.now = this.origin + Math.max(elapsed(), due.at());
			due.task().run();
			due = nextUntil(until);
		}
		this.now = this.origin + until;
	}

	/**
	 * Moves on, but nothing runs meanwhile: the process stands still.
	 */
	void standStill(Duration time) {
		this.now += time.toNanos();
	}

	synchronized int alarms() {
		return this.tasks.size();
	}

	private synchronized Task nextUntil(long until) {
		return (!this.tasks.isEmpty() && this.tasks.peek().at() <= until) ? this.tasks.poll() : null;
	}

	private synchronized void cancel(Task task) {
		this.tasks.remove(task);
	}

	private long elapsed() {
		return this.now - this.origin;
	}

	private record Task(long at, long sequence, Runnable task) {
	}

}
