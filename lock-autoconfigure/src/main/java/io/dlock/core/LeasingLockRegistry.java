package io.dlock.core;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;

import io.dlock.DistributedLock;
import io.dlock.Holder;
import io.dlock.Leadership;
import io.dlock.Lease;
import io.dlock.LockKind;
import io.dlock.LockOptions;
import io.dlock.LockRegistry;

/**
 * The registry of one instance (skeleton: being written).
 */
public final class LeasingLockRegistry implements LockRegistry {

	public LeasingLockRegistry(LockStore store, LeaseSettings settings, LockObserver observer) {
		throw new UnsupportedOperationException();
	}

	/** Opens the registry: connects the store, in the background. Restartable. */
	public void start() {
	}

	public boolean isRunning() {
		return false;
	}

	/** From now on nobody may wait: whoever does gets LockRegistryClosedException. */
	public void endWaiting() {
	}

	/**
	 * Releases what is held, within a bounded time, tells the observers, stops the store.
	 */
	public void stop(Duration patience) {
	}

	@Override
	public DistributedLock get(String key) {
		throw new UnsupportedOperationException();
	}

	@Override
	public DistributedLock get(String key, LockOptions options) {
		throw new UnsupportedOperationException();
	}

	/** A lock whose events are of the given kind. */
	public DistributedLock get(String key, LockOptions options, LockKind kind) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Leadership contend(String key) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Collection<Lease> leases() {
		throw new UnsupportedOperationException();
	}

	@Override
	public Optional<Holder> holder(String key) {
		throw new UnsupportedOperationException();
	}

	@Override
	public String instanceId() {
		throw new UnsupportedOperationException();
	}

}
