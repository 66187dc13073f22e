package io.dlock.core;

import java.time.Duration;
import java.util.function.Consumer;

import io.dlock.Lease;
import io.dlock.LossCause;

/**
 * What a caller has of a lease that belongs to the handle: when it is garbage, so is the
 * lease.
 */
final class LeaseHandle implements Lease {

	private final HeldLease lease;

	private final AbandonedLeases abandoned;

	LeaseHandle(HeldLease lease, AbandonedLeases abandoned) {
		this.lease = lease;
		this.abandoned = abandoned;
		abandoned.watch(this, lease);
	}

	HeldLease held() {
		return this.lease;
	}

	@Override
	public String key() {
		return this.lease.key();
	}

	@Override
	public long fencingToken() {
		return this.lease.fencingToken();
	}

	@Override
	public boolean isValid() {
		return this.lease.isValid();
	}

	@Override
	public Duration remaining() {
		return this.lease.remaining();
	}

	@Override
	public void requireValid() {
		this.lease.requireValid();
	}

	@Override
	public void onLost(Consumer<LossCause> listener) {
		this.lease.onLost(listener);
	}

	@Override
	public void close() {
		this.abandoned.forget(this.lease);
		this.lease.close();
	}

	@Override
	public String toString() {
		return this.lease.toString();
	}

}
