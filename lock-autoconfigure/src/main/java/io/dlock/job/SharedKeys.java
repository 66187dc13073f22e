package io.dlock.job;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of jobs that share a key which is the same for every call. They are not refused,
 * since that is the way to let one wait for the other; but mostly it is a mistake.
 */
final class SharedKeys {

	private static final Logger logger = LoggerFactory.getLogger(SingletonJob.class);

	/** The first method under each key. */
	private final Map<String, Method> methods = new ConcurrentHashMap<>();

	/** The first bean that has each job. */
	private final Map<JobMethod, String> beans = new ConcurrentHashMap<>();

	/** Of which beans were warned. */
	private final Set<JobMethod> warned = ConcurrentHashMap.newKeySet();

	/**
	 * A method is found under a key.
	 */
	void add(Method method, FixedKey key) {
		Method other = this.methods.putIfAbsent(key.name(), method);
		if (other != null && !other.equals(method)) {
			logger.warn(
					"@SingletonJob methods {} and {} have the same key '{}': while one of them runs, the other is"
							+ " skipped, and of one fire time only one of them runs",
					JobMethod.nameOf(other), JobMethod.nameOf(method), key.name());
		}
	}

	/**
	 * A bean has a job. One that is made many times, under one name, is one bean.
	 */
	void add(JobMethod job, String bean) {
		if (!(job.key() instanceof FixedKey key)) {
			return;
		}
		String other = this.beans.putIfAbsent(job, bean);
		if (other != null && !other.equals(bean) && this.warned.add(job)) {
			logger.warn("Beans {} and {} both have @SingletonJob method {} under the key '{}': while it runs in one of"
					+ " them, it is skipped in the other, and of one fire time only one of them runs."
					+ " If both are to run, let one job call both", other, bean, job.name(), key.name());
		}
	}

}
