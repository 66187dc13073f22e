package io.dlock.history;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

import io.dlock.core.AcquireAnswer;
import io.dlock.core.AcquireRequest;
import io.dlock.core.GrantId;
import io.dlock.core.LockStore;
import io.dlock.core.PushedGrant;

/**
 * Mistakes that a store, or an instance in dealing with it, could make. The checker has
 * to find each.
 */
public enum SeededBug {

	/** Whoever asks is granted the key, whoever has it. */
	SET_WITHOUT_NX {

		@Override
		public LockStore in(LockStore store) {
			return new ForwardingStore(store) {

				@Override
				public CompletionStage<AcquireAnswer> acquire(AcquireRequest request) {
					return super.acquire(request).thenApply((answer) -> (answer instanceof AcquireAnswer.Queued queued)
							? new AcquireAnswer.Granted(queued.mark() + 1, request.tokens()) : answer);
				}

			};
		}

	},

	/** A release deletes the key, whoever has it. */
	RELEASE_WITHOUT_COMPARE {

		@Override
		public LockStore in(LockStore store) {
			return new ForwardingStore(store) {

				@Override
				public CompletionStage<Void> release(GrantId grant) {
					return holder(grant.key()).thenCompose((holder) -> super.release(
							holder.map((other) -> idOf(grant.key(), other.grantId())).orElse(grant)));
				}

			};
		}

	},

	/** A waiter relies on being told, and does not ask again. */
	WAKE_UP_BY_PUSH_ONLY {

		@Override
		public LockStore in(LockStore store) {
			return new ForwardingStore(store) {

				private final Map<GrantId, AcquireAnswer.Queued> queued = new ConcurrentHashMap<>();

				@Override
				public CompletionStage<AcquireAnswer> acquire(AcquireRequest request) {
					AcquireAnswer.Queued before = this.queued.get(request.id());
					if (before != null) {
						return CompletableFuture.completedFuture(before);
					}
					return super.acquire(request).thenApply((answer) -> {
						if (answer instanceof AcquireAnswer.Queued now && now.pushed()) {
							this.queued.put(request.id(), now);
						}
						return answer;
					});
				}

			};
		}

	},

	/** What was not granted, as far as the instance knows, is not given back. */
	NO_CLEAN_UP_AFTER_A_TIMEOUT {

		@Override
		public LockStore in(LockStore store) {
			return new ForwardingStore(store) {

				private final Set<GrantId> granted = ConcurrentHashMap.newKeySet();

				@Override
				public CompletionStage<AcquireAnswer> acquire(AcquireRequest request) {
					return noted(request, super.acquire(request));
				}

				@Override
				public CompletionStage<AcquireAnswer> yield(GrantId released, AcquireRequest request) {
					return noted(request, super.yield(released, request));
				}

				private CompletionStage<AcquireAnswer> noted(AcquireRequest request,
						CompletionStage<AcquireAnswer> reply) {
					return reply.whenComplete((answer, failure) -> {
						if (failure == null) {
							this.granted.add(request.id());
						}
					});
				}

				@Override
				protected void pushed(PushedGrant grant) {
					this.granted.add(grant.id());
				}

				@Override
				public CompletionStage<Void> release(GrantId grant) {
					return this.granted.contains(grant) ? super.release(grant)
							: CompletableFuture.completedFuture(null);
				}

			};
		}

	};

	/**
	 * Whether it is the store that is wrong, rather than an instance.
	 */
	public boolean isOfTheStore() {
		return this == SET_WITHOUT_NX || this == RELEASE_WITHOUT_COMPARE;
	}

	/**
	 * A store with this mistake.
	 */
	public abstract LockStore in(LockStore store);

	private static GrantId idOf(String key, String written) {
		int colon = written.lastIndexOf(':');
		return new GrantId(key, written.substring(0, colon), Long.parseLong(written.substring(colon + 1)));
	}

}
