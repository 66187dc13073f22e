package io.dlock.core;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Tells the store to forget grants that are given up, again and again until it has
 * answered. A release names its grant and hurts nobody else, so repeating it is harmless.
 */
final class Releases {

	private static final long FIRST_RETRY = 100_000_000;

	private static final long LONGEST_RETRY = 1_000_000_000;

	private final LockStore store;

	private final Alarm alarm;

	private final Availability availability;

	private final Map<GrantId, Pending> pending = new ConcurrentHashMap<>();

	Releases(LockStore store, Alarm alarm, Availability availability) {
		this.store = store;
		this.alarm = alarm;
		this.availability = availability;
	}

	/**
	 * Releases a grant, for ever.
	 */
	void forget(GrantId id) {
		release(id, new CompletableFuture<>());
	}

	/**
	 * Releases a grant, for ever.
	 * @param confirmed is completed when the store has confirmed it
	 */
	void release(GrantId id, CompletableFuture<Void> confirmed) {
		Pending release = this.pending.computeIfAbsent(id, (absent) -> new Pending(confirmed));
		attempt(id, release, FIRST_RETRY);
	}

	/**
	 * Does not wait any longer with what the store has not confirmed.
	 */
	void retryNow() {
		this.pending.forEach((id, release) -> attempt(id, release, FIRST_RETRY));
	}

	/**
	 * Completes when nothing is left to be confirmed.
	 */
	CompletableFuture<Void> allConfirmed() {
		return CompletableFuture
			.allOf(this.pending.values().stream().map((each) -> each.confirmed).toArray(CompletableFuture[]::new));
	}

	private void attempt(GrantId id, Pending release, long retryIn) {
		sent(() -> this.store.release(id)).whenComplete((confirmed, failure) -> {
			if (failure == null) {
				this.availability.answered();
				this.pending.remove(id, release);
				release.confirmed.complete(null);
				return;
			}
			this.availability.failed(causeOf(failure));
			if (this.pending.get(id) == release) {
				release
					.retry(this.alarm.after(retryIn, () -> attempt(id, release, Math.min(LONGEST_RETRY, 2 * retryIn))));
			}
		});
	}

	/**
	 * A command whose sending may fail like its execution.
	 */
	static <T> CompletionStage<T> sent(Supplier<CompletionStage<T>> command) {
		try {
			return command.get();
		}
		catch (RuntimeException | Error failure) {
			return CompletableFuture.failedFuture(failure);
		}
	}

	static Throwable causeOf(Throwable failure) {
		return (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause() : failure;
	}

	/**
	 * A release that the store has not confirmed.
	 */
	private static final class Pending {

		private final CompletableFuture<Void> confirmed;

		private Alarm.@Nullable Cancellation retry;

		Pending(CompletableFuture<Void> confirmed) {
			this.confirmed = confirmed;
		}

		/**
		 * One retry is enough, whoever asked for it.
		 */
		private synchronized void retry(Alarm.Cancellation next) {
			if (this.retry != null) {
				this.retry.cancel();
			}
			this.retry = next;
		}

	}

}
