package io.dlock.job;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.dlock.DistributedLock;
import io.dlock.Lease;
import io.dlock.LockRegistry;

import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;

/**
 * Locks that remember who asked for them, and that a test can hold.
 */
class JobLocks {

	private final Set<String> held = ConcurrentHashMap.newKeySet();

	private final List<String> story = new CopyOnWriteArrayList<>();

	final LockRegistry registry = mock();

	JobLocks() {
		given(this.registry.get(anyString())).willAnswer((call) -> lock(call.getArgument(0)));
	}

	private DistributedLock lock(String key) {
		DistributedLock lock = mock();
		given(lock.tryAcquire()).willAnswer((call) -> tryAcquire(key));
		return lock;
	}

	private Optional<Lease> tryAcquire(String key) {
		if (!this.held.add(key)) {
			this.story.add("refused " + key);
			return Optional.empty();
		}
		this.story.add("acquired " + key);
		Lease lease = mock();
		doAnswer((call) -> release(key)).when(lease).close();
		return Optional.of(lease);
	}

	private Object release(String key) {
		this.story.add("released " + key);
		return this.held.remove(key);
	}

	void hold(String key) {
		this.held.add(key);
	}

	void free(String key) {
		this.held.remove(key);
	}

	boolean isHeld(String key) {
		return this.held.contains(key);
	}

	/**
	 * What happened, in order.
	 * @return {@code acquired}, {@code refused} and {@code released} with the key, and
	 * what a test has added
	 */
	List<String> story() {
		return this.story;
	}

}
