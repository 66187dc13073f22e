package io.dlock.core;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

import io.dlock.history.ForwardingStore;
import io.dlock.history.Rule;
import io.dlock.history.SeededBug;
import org.jspecify.annotations.Nullable;

/**
 * A mistake that an instance or its store makes in a {@link World}, and the promises of
 * which the checker must find one broken.
 */
enum WorldBug {

	SET_WITHOUT_NX(SeededBug.SET_WITHOUT_NX, Rule.EXCLUSION, Rule.TOKENS),

	RELEASE_WITHOUT_COMPARE(SeededBug.RELEASE_WITHOUT_COMPARE, Rule.EXCLUSION),

	WAKE_UP_BY_PUSH_ONLY(SeededBug.WAKE_UP_BY_PUSH_ONLY, Rule.WAITING),

	NO_CLEAN_UP_AFTER_A_TIMEOUT(SeededBug.NO_CLEAN_UP_AFTER_A_TIMEOUT, Rule.LEFTOVERS),

	/** Validity counts from the arrival of the reply. */
	VALIDITY_FROM_THE_REPLY(Rule.DEADLINE, Rule.EXCLUSION) {

		@Override
		LockStore beforeTheWire(LockStore store, WorldNode.Handle node) {
			return new ForwardingStore(store) {

				@Override
				public CompletionStage<AcquireAnswer> acquire(AcquireRequest request) {
					return afterwards(super.acquire(request), (answer) -> node.confirm(request.id(), node.now()));
				}

				@Override
				public CompletionStage<List<RenewVerdict>> renew(List<RenewRequest> requests) {
					return afterwards(super.renew(requests),
							(verdicts) -> requests.forEach((each) -> node.confirm(each.id(), node.now())));
				}

			};
		}

	},

	/** A confirmation revives a grant whose time is over. */
	EXTENDED_AFTER_ITS_END(Rule.STRANGE) {

		@Override
		LockStore beforeTheWire(LockStore store, WorldNode.Handle node) {
			return new ForwardingStore(store) {

				@Override
				public CompletionStage<List<RenewVerdict>> renew(List<RenewRequest> requests) {
					long sentAt = node.now();
					CompletableFuture<List<RenewVerdict>> passedOn = new CompletableFuture<>();
					super.renew(requests).whenComplete((verdicts, failure) -> {
						if (failure != null) {
							passedOn.completeExceptionally(failure);
						}
						else {
							node.at(sentAt, () -> passedOn.complete(verdicts));
						}
					});
					return passedOn;
				}

			};
		}

	},

	/** A pushed grant is used although it is older than the last answer. */
	NO_MARK(Rule.EXCLUSION) {

		@Override
		LockStore beforeTheWire(LockStore store, WorldNode.Handle node) {
			return new ForwardingStore(store) {

				@Override
				public CompletionStage<AcquireAnswer> acquire(AcquireRequest request) {
					return super.acquire(request).thenApply(this::unmarked);
				}

				@Override
				public CompletionStage<AcquireAnswer> yield(GrantId released, AcquireRequest request) {
					return super.yield(released, request).thenApply(this::unmarked);
				}

				private AcquireAnswer unmarked(AcquireAnswer answer) {
					return (answer instanceof AcquireAnswer.Queued queued) ? new AcquireAnswer.Queued(queued.holder(),
							queued.remaining(), queued.position(), 0, queued.pushed()) : answer;
				}

			};
		}

	},

	/** An ask that was not answered is released, and asked again. */
	RELEASED_BUT_STILL_WANTED(Rule.EXCLUSION) {

		@Override
		LockStore beforeTheWire(LockStore store, WorldNode.Handle node) {
			return new ForwardingStore(store) {

				@Override
				public CompletionStage<AcquireAnswer> acquire(AcquireRequest request) {
					// The release is on its way when the next ask overtakes it.
					return afterwards(super.acquire(request), (answer) -> {
					}, () -> release(request.id()));
				}

			};
		}

	},

	/** A grant is renewed with the much shorter TTL that another thread wants. */
	TTL_CHANGES(Rule.EXCLUSION) {

		@Override
		LockStore beforeTheWire(LockStore store, WorldNode.Handle node) {
			return new ForwardingStore(store) {

				@Override
				public CompletionStage<List<RenewVerdict>> renew(List<RenewRequest> requests) {
					return super.renew(requests.stream()
						.map((each) -> new RenewRequest(each.id(), each.firstToken(), each.tokens(),
								each.ttl().dividedBy(10)))
						.toList());
				}

			};
		}

	},

	/** A grant that has been given up is asked for once more. */
	ASKED_AGAIN_WHEN_TERMINAL(Rule.LEFTOVERS, Rule.WAITING) {

		@Override
		LockStore beforeTheWire(LockStore store, WorldNode.Handle node) {
			return new ForwardingStore(store) {

				private final Map<GrantId, AcquireRequest> asked = new HashMap<>();

				@Override
				public CompletionStage<AcquireAnswer> acquire(AcquireRequest request) {
					this.asked.put(request.id(), request);
					return super.acquire(request);
				}

				@Override
				public CompletionStage<Void> release(GrantId grant) {
					CompletionStage<Void> released = super.release(grant);
					AcquireRequest again = this.asked.remove(grant);
					if (again != null) {
						super.acquire(again);
					}
					return released;
				}

			};
		}

	},

	/** The grant asked for in a yield has the id of the one that is given up. */
	YIELD_UNDER_THE_SAME_ID(Rule.EXCLUSION) {

		@Override
		LockStore beforeTheWire(LockStore store, WorldNode.Handle node) {
			return new SameIdStore(store);
		}

	},

	/** A holder that asks again gets its tokens, but no new TTL. */
	REPEATED_ASK_KEEPS_THE_TTL(Rule.EXCLUSION) {

		@Override
		LockStore behindTheWire(LockStore store) {
			return new ForwardingStore(store) {

				private final Map<GrantId, AcquireAnswer> granted = new HashMap<>();

				@Override
				public CompletionStage<AcquireAnswer> acquire(AcquireRequest request) {
					AcquireAnswer before = this.granted.get(request.id());
					String holder = holder(request.id().key()).toCompletableFuture()
						.join()
						.map((each) -> each.grantId())
						.orElse("");
					if (before != null && holder.equals(request.id().toString())) {
						return CompletableFuture.completedFuture(before);
					}
					return super.acquire(request).thenApply((answer) -> {
						if (answer instanceof AcquireAnswer.Granted) {
							this.granted.put(request.id(), answer);
						}
						return answer;
					});
				}

			};
		}

	};

	private final @Nullable SeededBug bug;

	private final Rule broken;

	private final Rule orBroken;

	WorldBug(Rule broken) {
		this(null, broken, broken);
	}

	WorldBug(Rule broken, Rule orBroken) {
		this(null, broken, orBroken);
	}

	WorldBug(@Nullable SeededBug bug, Rule broken) {
		this(bug, broken, broken);
	}

	WorldBug(@Nullable SeededBug bug, Rule broken, Rule orBroken) {
		this.bug = bug;
		this.broken = broken;
		this.orBroken = orBroken;
	}

	/**
	 * Whether a promise is one that this mistake must break.
	 */
	boolean breaks(Rule rule) {
		return rule == this.broken || rule == this.orBroken;
	}

	/**
	 * What the instance takes for its store.
	 */
	LockStore beforeTheWire(LockStore store, WorldNode.Handle node) {
		return (this.bug != null && !this.bug.isOfTheStore()) ? this.bug.in(store) : store;
	}

	/**
	 * What keeps the locks.
	 */
	LockStore behindTheWire(LockStore store) {
		return (this.bug != null && this.bug.isOfTheStore()) ? this.bug.in(store) : store;
	}

	private static <T> CompletionStage<T> afterwards(CompletionStage<T> reply, Consumer<T> then) {
		return afterwards(reply, then, () -> {
		});
	}

	/**
	 * Passes a reply on, and then does something else.
	 */
	private static <T> CompletionStage<T> afterwards(CompletionStage<T> reply, Consumer<T> then, Runnable onFailure) {
		CompletableFuture<T> passedOn = new CompletableFuture<>();
		reply.whenComplete((value, failure) -> {
			if (failure != null) {
				passedOn.completeExceptionally(failure);
				onFailure.run();
			}
			else {
				passedOn.complete(value);
				then.accept(value);
			}
		});
		return passedOn;
	}

	/**
	 * Calls a grant in the store what the one was called that was given up for it.
	 */
	private static final class SameIdStore extends ForwardingStore {

		private final Map<GrantId, GrantId> names = new HashMap<>();

		SameIdStore(LockStore store) {
			super(store);
		}

		@Override
		public void start(String instanceId, StoreListener listener) {
			super.start(instanceId, new StoreListener() {

				@Override
				public void granted(PushedGrant grant) {
					listener.granted(new PushedGrant(latest(grant.id()), grant.firstToken(), grant.tokens()));
				}

				@Override
				public void unconfirmed(GrantId id, String reason) {
					listener.unconfirmed(latest(id), reason);
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

		@Override
		public CompletionStage<AcquireAnswer> acquire(AcquireRequest request) {
			return super.acquire(named(request));
		}

		@Override
		public CompletionStage<AcquireAnswer> yield(GrantId released, AcquireRequest request) {
			this.names.put(request.id(), name(released));
			return super.yield(name(released), named(request));
		}

		@Override
		public CompletionStage<Void> release(GrantId grant) {
			return super.release(name(grant));
		}

		@Override
		public CompletionStage<List<RenewVerdict>> renew(List<RenewRequest> requests) {
			return super.renew(requests.stream()
				.map((each) -> new RenewRequest(name(each.id()), each.firstToken(), each.tokens(), each.ttl()))
				.toList());
		}

		private AcquireRequest named(AcquireRequest request) {
			return new AcquireRequest(name(request.id()), request.ttl(), request.tokens(), request.seen(),
					request.waits());
		}

		private GrantId name(GrantId id) {
			return this.names.getOrDefault(id, id);
		}

		private GrantId latest(GrantId name) {
			return this.names.entrySet()
				.stream()
				.filter((each) -> each.getValue().equals(name))
				.map(Map.Entry::getKey)
				.max((one, other) -> Long.compare(one.counter(), other.counter()))
				.orElse(name);
		}

	}

}
