package io.dlock.job;

import java.util.function.Supplier;

import io.dlock.DistributedLock;
import io.dlock.KeyText;
import io.dlock.LockOptions;
import io.dlock.LockRegistry;
import io.dlock.core.JobTerms;
import io.dlock.core.LeasingLockRegistry;
import io.dlock.core.Tick;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where jobs get their locks.
 *
 * @param registry gives the registry, which is not asked for before a job is called
 */
record JobLocking(Supplier<LockRegistry> registry) {

	private static final Logger logger = LoggerFactory.getLogger(SingletonJob.class);

	/**
	 * The registry, where it is dlock's own.
	 */
	@Nullable LeasingLockRegistry leasing() {
		return (this.registry.get() instanceof LeasingLockRegistry leasing) ? leasing : null;
	}

	/**
	 * The lock of one call.
	 * @param job what is called
	 * @param key the lock's name
	 * @param tick for which tick of its schedule it is called, or null for none
	 */
	DistributedLock lock(JobMethod job, String key, @Nullable Tick tick) {
		LockRegistry locks = this.registry.get();
		LockOptions options = job.settings().lockOptions();
		JobTerms terms = new JobTerms(job.settings().atLeast(), tick);
		if (locks instanceof LeasingLockRegistry leasing) {
			return leasing.get(key, options, terms);
		}
		if (!terms.equals(JobTerms.NONE)) {
			logger.warn("{} is not dlock's own registry: lock {} of {} is taken without {}", locks, KeyText.quoted(key),
					job.name(),
					(tick != null) ? "claiming the tick, which may run in other instances too" : "its atLeast");
		}
		return locks.get(key, options);
	}

}
