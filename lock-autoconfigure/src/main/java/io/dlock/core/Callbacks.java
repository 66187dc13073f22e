package io.dlock.core;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
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

	private final ExecutorService executor;

	Callbacks(ExecutorService executor) {
		this.executor = executor;
	}

	static Callbacks onThreads() {
		AtomicInteger count = new AtomicInteger();
		ThreadFactory threads = (work) -> {
			Thread thread = new Thread(work, "dlock-events-" + count.incrementAndGet());
			thread.setDaemon(true);
			return thread;
		};
		return new Callbacks(new ThreadPoolExecutor(0, Integer.MAX_VALUE, 5, TimeUnit.SECONDS, new SynchronousQueue<>(),
				threads, (late, closed) -> threads.newThread(late).start()));
	}

	void run(Runnable task) {
		this.executor.execute(() -> quietly(task));
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
