package io.dlock.job;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.dlock.DistributedLock;
import io.dlock.Lease;
import io.dlock.LockRegistry;
import io.dlock.LossCause;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Locks that remember who asked for them, and that a test can hold.
 */
class JobLocks {

	private final Set<String> held = ConcurrentHashMap.newKeySet();

	private final Map<String, JobLease> leases = new ConcurrentHashMap<>();

	private final List<String> story = new CopyOnWriteArrayList<>();

	final LockRegistry registry = mock();

	JobLocks() {
		given(this.registry.get(anyString(), any())).willAnswer((call) -> lock(call.getArgument(0)));
	}

	private DistributedLock lock(String key) throws InterruptedException {
		DistributedLock lock = mock();
		given(lock.key()).willReturn(key);
		given(lock.tryAcquire()).willAnswer((call) -> tryAcquire(key));
		given(lock.tryAcquire(any())).willAnswer((call) -> {
			this.story.add("waited " + call.getArgument(0));
			return tryAcquire(key);
		});
		given(lock.tryAcquireAsync()).willAnswer((call) -> CompletableFuture.completedFuture(tryAcquire(key)));
		return lock;
	}

	private Optional<Lease> tryAcquire(String key) {
		if (!this.held.add(key)) {
			this.story.add("refused " + key);
			return Optional.empty();
		}
		this.story.add("acquired " + key);
		JobLease lease = new JobLease(key, () -> release(key));
		this.leases.put(key, lease);
		return Optional.of(lease);
	}

	private void release(String key) {
		this.story.add("released " + key);
		this.held.remove(key);
	}

	/**
	 * The last lease of a key.
	 */
	Lease lease(String key) {
		return Objects.requireNonNull(this.leases.get(key));
	}

	/**
	 * The last lease of a key is lost, unless it was released.
	 */
	void lose(String key, LossCause cause) {
		Objects.requireNonNull(this.leases.get(key)).lose(cause);
	}

	/**
	 * What makes jobs of the beans of a context.
	 */
	SingletonJobBeanPostProcessor postProcessor() {
		return postProcessor(new RunningJobs(0, Duration.ofSeconds(5)));
	}

	SingletonJobBeanPostProcessor postProcessor(RunningJobs running) {
		return new SingletonJobBeanPostProcessor(() -> this.registry, running);
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
