package io.dlock.job;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Optional;

import io.dlock.DistributedLock;
import io.dlock.Lease;
import io.dlock.LockUnavailableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A method with {@link SingletonJob}, understood.
 *
 * @param method the method
 * @param key how its calls name their lock
 * @param skipped what a skipped call returns
 * @param settings what else the annotation says
 */
record JobMethod(Method method, JobKey key, SkippedResult skipped, JobSettings settings) {

	private static final Logger logger = LoggerFactory.getLogger(SingletonJob.class);

	String keyOf(@Nullable Object[] arguments) {
		return this.key.of(arguments);
	}

	String name() {
		return nameOf(this.method);
	}

	/**
	 * Asks for the lock, as patiently as the job wants it.
	 * @throws InterruptedException when the thread was interrupted while it waited
	 */
	Optional<Lease> acquire(DistributedLock lock) throws InterruptedException {
		Duration wait = this.settings.waitFor();
		return wait.isZero() ? lock.tryAcquire() : lock.tryAcquire(wait);
	}

	/**
	 * Whether the job runs although its lock cannot be had, rather than being skipped.
	 * @throws LockUnavailableException when it does neither
	 */
	boolean runsWithoutLock(LockUnavailableException outage) {
		if (this.settings.whenUnavailable() == WhenUnavailable.FAIL) {
			throw outage;
		}
		boolean runs = this.settings.whenUnavailable() == WhenUnavailable.RUN;
		logger.warn("{} {}, as its whenUnavailable says: {}", runs ? "Running without its lock" : "Skipped", name(),
				outage.getMessage());
		return runs;
	}

	/**
	 * Whether a parameter of the method wants the lease.
	 */
	boolean wantsLease() {
		for (Class<?> type : this.method.getParameterTypes()) {
			if (type == Lease.class) {
				return true;
			}
		}
		return false;
	}

	/**
	 * The arguments with the lease in every place that wants it.
	 */
	@Nullable Object[] withLease(@Nullable Object[] arguments, @Nullable Lease lease) {
		@Nullable Object[] filled = arguments.clone();
		Class<?>[] types = this.method.getParameterTypes();
		for (int i = 0; i < types.length; i++) {
			if (types[i] == Lease.class) {
				filled[i] = lease;
			}
		}
		return filled;
	}

	static String nameOf(Method method) {
		return method.getDeclaringClass().getName() + "." + method.getName();
	}

}
