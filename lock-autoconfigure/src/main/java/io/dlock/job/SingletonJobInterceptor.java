package io.dlock.job;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.dlock.DistributedLock;
import io.dlock.KeyText;
import io.dlock.LockRegistryClosedException;
import io.dlock.LockUnavailableException;
import io.dlock.core.Tick;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.aop.support.AopUtils;

/**
 * Runs a job under its lock, or skips it.
 */
final class SingletonJobInterceptor implements MethodInterceptor {

	private static final Logger logger = LoggerFactory.getLogger(SingletonJobInterceptor.class);

	private final JobLocking locking;

	private final RunningJobs running;

	private final Supplier<JobMethods> jobs;

	/** By key, for jobs that are led. */
	private final Map<String, LeaderSeat> seats = new ConcurrentHashMap<>();

	SingletonJobInterceptor(JobLocking locking, RunningJobs running, Supplier<JobMethods> jobs) {
		this.locking = locking;
		this.running = running;
		this.jobs = jobs;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		JobMethod job = jobOf(invocation);
		String key = job.keyOf(invocation.getArguments());
		if (job.skipped() == SkippedResult.EMPTY_MONO) {
			return MonoJob.of(job, (tick) -> this.locking.lock(job, key, tick), invocation, this.running);
		}
		DueTick due = ScheduledCall.takeTick(invocation, job.method());
		Tick tick = (due != null) ? due.tick() : null;
		DistributedLock lock = this.locking.lock(job, key, tick);
		Optional<JobRun> run;
		try {
			run = begin(job, lock, tick);
		}
		catch (LockUnavailableException ex) {
			if (due != null) {
				due.putBack();
			}
			if (!job.runsWithoutLock(ex)) {
				return job.skipped().value();
			}
			return this.running.add(JobRun.unguarded(job)).call(invocation);
		}
		if (run.isEmpty()) {
			logger.debug("Skipped {}: lock {} is not to be had", job.name(), KeyText.quoted(key));
			return job.skipped().value();
		}
		return this.running.add(run.get()).call(invocation);
	}

	/**
	 * Whoever is interrupted while it waits for the lock is skipped, and stays
	 * interrupted: the method need not declare that. A scheduled run that is due while
	 * the application stops is skipped, too: nobody but the log would get its exception.
	 */
	private Optional<JobRun> begin(JobMethod job, DistributedLock lock, @Nullable Tick tick) {
		try {
			return tryToBegin(job, lock, tick);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return Optional.empty();
		}
		catch (LockRegistryClosedException ex) {
			if (tick == null) {
				throw ex;
			}
			return Optional.empty();
		}
	}

	private Optional<JobRun> tryToBegin(JobMethod job, DistributedLock lock, @Nullable Tick tick)
			throws InterruptedException {
		if (job.settings().mode() == JobMode.LEADER) {
			return this.seats.computeIfAbsent(lock.key(), (absent) -> new LeaderSeat())
				.begin(job, lock, this.locking.leasing(), tick);
		}
		return job.acquire(lock).map((lease) -> JobRun.under(job, lease));
	}

	private JobMethod jobOf(MethodInvocation invocation) {
		Class<?> targetClass = AopUtils.getTargetClass(Objects.requireNonNull(invocation.getThis(), "target"));
		Method method = AopUtils.getMostSpecificMethod(invocation.getMethod(), targetClass);
		return this.jobs.get().get(method, targetClass);
	}

}
