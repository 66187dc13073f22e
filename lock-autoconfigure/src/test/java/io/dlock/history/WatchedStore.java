package io.dlock.history;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import io.dlock.core.AcquireAnswer;
import io.dlock.core.AcquireRequest;
import io.dlock.core.GrantId;
import io.dlock.core.LockStore;
import io.dlock.core.PushedGrant;
import io.dlock.core.RenewRequest;
import io.dlock.core.RenewVerdict;

/**
 * A store whose confirmations are written down before anybody hears of them.
 */
public final class WatchedStore extends ForwardingStore {

	private final String node;

	private final LongSupplier clock;

	private final Consumer<Entry> journal;

	/** When each grant that is not given up was last asked for. */
	private final Map<GrantId, Ask> asks = new ConcurrentHashMap<>();

	public WatchedStore(LockStore store, String node, LongSupplier clock, Consumer<Entry> journal) {
		super(store);
		this.node = node;
		this.clock = clock;
		this.journal = journal;
	}

	@Override
	protected void pushed(PushedGrant grant) {
		Ask ask = this.asks.get(grant.id());
		if (ask != null) {
			confirmed(grant.id(), grant.firstToken(), grant.tokens(), ask);
		}
	}

	@Override
	public CompletionStage<AcquireAnswer> acquire(AcquireRequest request) {
		Ask ask = asks(request);
		return tapped(super.acquire(request), (answer) -> answered(request, ask, answer));
	}

	@Override
	public CompletionStage<Void> release(GrantId grant) {
		this.asks.remove(grant);
		return super.release(grant);
	}

	@Override
	public CompletionStage<AcquireAnswer> yield(GrantId released, AcquireRequest request) {
		this.asks.remove(released);
		Ask ask = asks(request);
		return tapped(super.yield(released, request), (answer) -> answered(request, ask, answer));
	}

	@Override
	public CompletionStage<List<RenewVerdict>> renew(List<RenewRequest> requests) {
		long sentAt = this.clock.getAsLong();
		return tapped(super.renew(requests), (verdicts) -> {
			for (int i = 0; i < verdicts.size(); i++) {
				RenewRequest request = requests.get(i);
				if (verdicts.get(i) instanceof RenewVerdict.Renewed) {
					confirmed(request.id(), request.firstToken(), request.tokens(), new Ask(sentAt, request.ttl()));
				}
			}
		});
	}

	private Ask asks(AcquireRequest request) {
		Ask ask = new Ask(this.clock.getAsLong(), request.ttl());
		this.asks.put(request.id(), ask);
		return ask;
	}

	private void answered(AcquireRequest request, Ask ask, AcquireAnswer answer) {
		if (answer instanceof AcquireAnswer.Granted granted) {
			confirmed(request.id(), granted.firstToken(), granted.tokens(), ask);
		}
	}

	private void confirmed(GrantId id, long firstToken, int tokens, Ask ask) {
		this.journal
			.accept(new Entry.Confirmed(this.node, id.key(), firstToken, tokens, ask.sentAt(), ask.ttl().toNanos()));
	}

	/**
	 * The same outcome, looked at before it is passed on, and not wrapped.
	 */
	private static <T> CompletionStage<T> tapped(CompletionStage<T> reply, Consumer<T> look) {
		CompletableFuture<T> passedOn = new CompletableFuture<>();
		reply.whenComplete((value, failure) -> {
			if (failure != null) {
				passedOn.completeExceptionally(failure);
			}
			else {
				look.accept(value);
				passedOn.complete(value);
			}
		});
		return passedOn;
	}

	private record Ask(long sentAt, Duration ttl) {
	}

}
