package io.dlock.benchmarks;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the threads of one JVM could have without Redis, and in turn.
 */
final class ReentrantContestant implements Contestant {

	private final ConcurrentMap<String, ReentrantLock> locks = new ConcurrentHashMap<>();

	ReentrantContestant(Setting unused) {
	}

	@Override
	public void lock(String key) {
		lockOf(key).lock();
	}

	@Override
	public void unlock(String key) {
		lockOf(key).unlock();
	}

	private ReentrantLock lockOf(String key) {
		return this.locks.computeIfAbsent(key, (missing) -> new ReentrantLock(true));
	}

}
