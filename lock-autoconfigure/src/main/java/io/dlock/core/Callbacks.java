package io.dlock.core;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads on which code of users is called that has no thread of its own: observers,
 * loss listeners, what hangs on a future. There are as many as are busy, so that whoever
 * blocks one delays nobody else; idle ones end.
 */
final class Callbacks {

	private static final Logger logger = LoggerFactory.getLogger(Callbacks.class);

	/** When it is tried again to start a thread: 100 ms. */
	private static final long NEXT_TRY = 100_000_000;

	private final ExecutorService executor;

	private final Alarm alarm;

	private final AtomicBoolean lacksThreads = new AtomicBoolean();

	Callbacks(ExecutorService executor, Alarm alarm) {
		this.executor = executor;
		this.alarm = alarm;
	}

	static Callbacks onThreads(Alarm alarm) {
		AtomicInteger count = new AtomicInteger();
		ClassLoader loader = Thread.currentThread().getContextClassLoader();
		ThreadFactory threads = (work) -> Daemons.thread(work, "dlock-events-" + count.incrementAndGet(), loader);
		return new Callbacks(new ThreadPoolExecutor(0, Integer.MAX_VALUE, 5, TimeUnit.SECONDS, new SynchronousQueue<>(),
				threads, (late, closed) -> threads.newThread(late).start()), alarm);
	}

	/**
	 * Runs a task, sooner or later: where the machine has no thread left, when it has one
	 * again. Whoever waits for what the task tells would wait for ever otherwise.
	 */
	void run(Runnable task) {
		try {
			this.executor.execute(() -> quietly(task));
			if (this.lacksThreads.get()) {
				this.lacksThreads.set(false);
			}
		}
		catch (OutOfMemoryError noThread) {
			if (this.lacksThreads.compareAndSet(false, true)) {
				logger.error("No thread can be started to call listeners on: they are called later", noThread);
			}
			this.alarm.after(NEXT_TRY, () -> run(task));
		}
	}

	/**
	 * Ends the threads once they have done what they were given.
	 * @return whether they did in time
	 */
	boolean close(long patienceNanos) {
		this.executor.shutdown();
		try {
			return this.executor.awaitTermination(patienceNanos, TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/**
	 * Runs foreign code whose failure is its own affair.
	 */
	static void quietly(Runnable task) {
		try {
			task.run();
		}
		catch (Throwable failure) {
			logger.error("A listener failed; the lock is not affected", failure);
		}
	}

}
