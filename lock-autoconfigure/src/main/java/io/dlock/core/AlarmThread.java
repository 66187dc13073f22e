package io.dlock.core;

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that a registry has for everything that has its time: renewals, asking
 * again, deadlines of futures.
 */
final class AlarmThread implements Alarm {

	private static final Logger logger = LoggerFactory.getLogger(AlarmThread.class);

	private final ScheduledThreadPoolExecutor executor;

	AlarmThread() {
		ClassLoader loader = Thread.currentThread().getContextClassLoader();
		this.executor = new ScheduledThreadPoolExecutor(1, (work) -> Daemons.thread(work, "dlock-alarm", loader));
		this.executor.setRemoveOnCancelPolicy(true);
		this.executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
		this.executor.prestartCoreThread(); // while somebody can be told that it cannot
	}

	@Override
	public Cancellation after(long delayNanos, Runnable task) {
		try {
			Future<?> scheduled = this.executor.schedule(() -> guarded(task), delayNanos, TimeUnit.NANOSECONDS);
			return () -> scheduled.cancel(false);
		}
		catch (RejectedExecutionException closed) {
			return () -> {
			};
		}
	}

	@Override
	public void close() {
		this.executor.shutdownNow();
	}

	/**
	 * A task must not throw. One that does must not end what comes after it.
	 */
	private static void guarded(Runnable task) {
		try {
			task.run();
		}
		catch (RuntimeException | Error failure) {
			logger.error("A timed step of dlock failed: please report this", failure);
		}
	}

}
