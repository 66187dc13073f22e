package io.dlock.history;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

import io.dlock.Holder;
import io.dlock.core.AcquireAnswer;
import io.dlock.core.AcquireRequest;
import io.dlock.core.Claim;
import io.dlock.core.ClaimAnswer;
import io.dlock.core.GrantId;
import io.dlock.core.LockStore;
import io.dlock.core.PushedGrant;
import io.dlock.core.RenewRequest;
import io.dlock.core.RenewVerdict;
import io.dlock.core.StoreListener;

/**
 * A store that does what another one does, except for what a subclass changes.
 */
public class ForwardingStore implements LockStore {

	private final LockStore store;

	public ForwardingStore(LockStore store) {
		this.store = store;
	}

	@Override
	public void start(String instanceId, StoreListener listener) {
		this.store.start(instanceId, new StoreListener() {

			@Override
			public void granted(PushedGrant grant) {
				pushed(grant);
				listener.granted(grant);
			}

			@Override
			public void unconfirmed(GrantId id, String reason) {
				listener.unconfirmed(id, reason);
			}

			@Override
			public void connected() {
				listener.connected();
			}

			@Override
			public void disconnected(Throwable cause) {
				listener.disconnected(cause);
			}

		});
	}

	/**
	 * Before the listener is told of a grant.
	 */
	protected void pushed(PushedGrant grant) {
	}

	@Override
	public void stop() {
		this.store.stop();
	}

	@Override
	public CompletionStage<AcquireAnswer> acquire(AcquireRequest request) {
		return this.store.acquire(request);
	}

	@Override
	public CompletionStage<Void> release(GrantId grant) {
		return this.store.release(grant);
	}

	@Override
	public CompletionStage<AcquireAnswer> yield(GrantId released, AcquireRequest request) {
		return this.store.yield(released, request);
	}

	@Override
	public CompletionStage<ClaimAnswer> claim(GrantId holder, GrantId claim, Claim tick) {
		return this.store.claim(holder, claim, tick);
	}

	@Override
	public CompletionStage<List<RenewVerdict>> renew(List<RenewRequest> requests) {
		return this.store.renew(requests);
	}

	@Override
	public CompletionStage<Optional<Holder>> holder(String key) {
		return this.store.holder(key);
	}

	@Override
	public String description() {
		return this.store.description();
	}

}
