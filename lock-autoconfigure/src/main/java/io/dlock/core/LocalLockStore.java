package io.dlock.core;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import io.dlock.Holder;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the locks in the memory of this process: for applications that run alone, and for
 * tests. It decides like a store that others share, and answers at once, on the thread
 * that asks.
 * <p>
 * What expires is gone when somebody looks: there is no timer.
 */
public final class LocalLockStore implements LockStore {

	private final LocalLocks locks;

	private volatile @Nullable String instanceId;

	/**
	 * Creates a store with a memory of its own.
	 * @param clock what TTLs are measured with
	 */
	public LocalLockStore(NanoClock clock) {
		this(new LocalLocks(clock));
	}

	/**
	 * Creates a store over a memory that it shares with others, as instances share a
	 * server.
	 * @param locks the memory
	 */
	LocalLockStore(LocalLocks locks) {
		this.locks = locks;
	}

	@Override
	public void start(String instanceId, StoreListener listener) {
		this.locks.join(instanceId, listener);
		this.instanceId = instanceId;
		listener.connected();
	}

	@Override
	public void stop() {
		String current = this.instanceId;
		this.instanceId = null;
		if (current != null) {
			this.locks.leave(current);
		}
	}

	@Override
	public CompletionStage<AcquireAnswer> acquire(AcquireRequest request) {
		return answer(() -> this.locks.acquire(request, null));
	}

	@Override
	public CompletionStage<Void> release(GrantId grant) {
		return answer(() -> this.locks.release(grant));
	}

	@Override
	public CompletionStage<AcquireAnswer> yield(GrantId released, AcquireRequest request) {
		return answer(() -> this.locks.acquire(request, released));
	}

	@Override
	public CompletionStage<ClaimAnswer> claim(GrantId holder, GrantId claim, Claim tick) {
		return answer(() -> this.locks.claim(holder, claim, tick));
	}

	@Override
	public CompletionStage<List<RenewVerdict>> renew(List<RenewRequest> requests) {
		return answer(() -> requests.stream().map(this.locks::renew).toList());
	}

	@Override
	public CompletionStage<Optional<Holder>> holder(String key) {
		return answer(() -> this.locks.holder(key));
	}

	@Override
	public String description() {
		return "the memory of this process";
	}

	private <T> CompletionStage<T> answer(Supplier<T> question) {
		if (this.instanceId == null) {
			return CompletableFuture.failedFuture(new NotSentException("The local lock store is not started", null));
		}
		return CompletableFuture.completedFuture(question.get());
	}

}
