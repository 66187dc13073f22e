package io.dlock.faults;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

import io.dlock.job.SingletonJob;
import org.jspecify.annotations.Nullable;

/**
 * A job that does what its caller wants.
 */
class Job {

	static final String KEY = "nightly";

	/**
	 * Does something under the lock of this job.
	 * @return what that returns, or null when the lock could not be had
	 */
	@SingletonJob(KEY)
	<T> @Nullable T run(Callable<T> work) throws Exception {
		return work.call();
	}

	static String runForEver() throws InterruptedException {
		new CountDownLatch(1).await();
		throw new IllegalStateException("Nobody counts this down");
	}

}
