package io.dlock.core;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import io.dlock.FailureCause;
import org.jspecify.annotations.Nullable;

/**
 * A future that stands in line for its caller. It is told of and completed on dlock's own
 * threads, in order. When its caller completes or cancels it, it leaves the line; a lease
 * that comes too late for it is given back.
 *
 * @param <T> what the future is completed with
 */
final class FutureCandidate<T> extends Candidate {

	private final CompletableFuture<T> future = new CompletableFuture<>();

	private final Instance instance;

	private final Function<@Nullable HeldLease, T> result;

	private final Lane lane;

	private volatile Alarm.@Nullable Cancellation deadline;

	/** Confined to the lane. */
	private boolean completed;

	/**
	 * An attempt that begins now.
	 * @param wanted what is wanted
	 * @param patience how long it waits
	 * @param instance where
	 * @param result makes the future's result from a lease, or from null where the
	 * attempt ended without one
	 */
	FutureCandidate(Wanted wanted, Patience patience, Instance instance, Function<@Nullable HeldLease, T> result) {
		super(wanted, patience, instance.now());
		this.instance = instance;
		this.result = result;
		this.lane = new Lane(instance.callbacks());
	}

	/**
	 * The future, once the candidate is in line.
	 */
	CompletableFuture<T> future() {
		CompletableFuture<T> unused = this.future.whenComplete((value, failure) -> leave(FailureCause.INTERRUPTED));
		return this.future;
	}

	void leaveAfter(long nanos) {
		Alarm.Cancellation alarm = this.instance.alarm().after(nanos, () -> leave(FailureCause.TIMED_OUT));
		this.deadline = alarm;
		if (outcome() != null) {
			alarm.cancel();
		}
	}

	@Override
	void news() {
		this.lane.run(this::tell);
	}

	private void leave(FailureCause cause) {
		if (withdraw(cause)) {
			news();
		}
	}

	private void tell() {
		Listening told = takeListening();
		if (told != null) {
			this.instance.narrator().listening(key(), kind(), told.holder(), told.position());
		}
		if (outcome() != null && !this.completed) {
			this.completed = true;
			complete();
		}
	}

	private void complete() {
		if (this.deadline != null) {
			this.deadline.cancel();
		}
		if (outcome() instanceof Outcome.Served served) {
			served.lease().story().tellAcquired();
			if (this.future.isDone() || !this.future.complete(this.result.apply(served.lease()))) {
				served.lease().letGo();
			}
		}
		else if (outcome() instanceof Outcome.Failed failed) {
			this.instance.narrator().failed(key(), kind(), failed);
			if (failed.error() != null) {
				this.future.completeExceptionally(failed.error().get());
			}
			else if (!this.future.isDone()) {
				this.future.complete(this.result.apply(null));
			}
		}
	}

}
