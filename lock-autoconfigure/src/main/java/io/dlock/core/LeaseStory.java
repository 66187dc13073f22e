package io.dlock.core;

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * Tells the story of one lease in its order: acquired, then released or lost, once.
 * <p>
 * The begin is told by whoever obtains the lease, and may take its time. A release that
 * comes meanwhile waits for that; a loss only for a moment, because the work must be
 * stopped. Where even the begin is kept back, because an observer is busy with what came
 * before, another thread tells both.
 * <p>
 * A loss that has overtaken the begin is told again when the begin has been told to all:
 * of two listeners, the one behind the busy one would begin with what is over, and never
 * stop. The story is over only then.
 */
final class LeaseStory {

	/** What a loss leaves to an observer who is being told of the begin: 50 ms. */
	private static final long MOMENT = 50_000_000;

	private final HeldLease lease;

	private final Instance instance;

	private final long waitedNanos;

	/** Completes when the end has been told. */
	private final CompletableFuture<Void> over = new CompletableFuture<>();

	/** Guarded by this: whether somebody tells of the begin, or has done so. */
	private boolean begins;

	/** Guarded by this: whether the begin has been told. */
	private boolean begun;

	/** Guarded by this: the end, when it comes before the begin has been told. */
	private @Nullable Runnable held;

	/** Guarded by this: completes when a loss that overtakes the begin has been told. */
	private @Nullable CompletableFuture<Void> overtaking;

	/** Guarded by this. */
	private boolean ended;

	LeaseStory(HeldLease lease, Instance instance, long waitedNanos) {
		this.lease = lease;
		this.instance = instance;
		this.waitedNanos = waitedNanos;
	}

	/**
	 * On the thread that obtains the lease.
	 */
	void tellAcquired() {
		if (isFirstBegin()) {
			tellBegin();
		}
	}

	/**
	 * On the thread that gives it back; does nothing unless it has been released, and not
	 * told yet.
	 */
	void tellReleased() {
		HeldLease.Released released = this.lease.releasedEnd();
		if (released != null && isFirstEnd()) {
			Runnable tell = () -> {
				this.instance.narrator().released(this.lease, released.heldNanos());
				this.over.complete(null);
			};
			if (!holdUntilBegun(tell)) {
				tell.run();
			}
		}
	}

	void tellLost(HeldLease.Lost lost) {
		if (isFirstEnd()) {
			Runnable tell = () -> tellInTurn(lost);
			if (holdUntilBegun(tell)) {
				this.instance.alarm().after(MOMENT, () -> waitNoLonger(lost));
			}
			else {
				this.instance.callbacks().run(tell);
			}
		}
	}

	/**
	 * Calls back once the end has been told, on the thread that tells it.
	 */
	void whenOver(Runnable next) {
		CompletableFuture<Void> unused = this.over.thenRun(next);
	}

	private void tellInTurn(HeldLease.Lost lost) {
		CompletableFuture<Void> toldBefore = overtaking();
		if (toldBefore == null) {
			tell(lost);
			this.over.complete(null);
			return;
		}
		CompletableFuture<Void> unused = toldBefore.thenRun(() -> {
			this.instance.narrator().lostAgain(this.lease, lost.cause(), lost.at());
			this.over.complete(null);
		});
	}

	private void tell(HeldLease.Lost lost) {
		this.instance.narrator().lost(this.lease, lost.cause(), lost.at());
	}

	private void waitNoLonger(HeldLease.Lost lost) {
		if (isFirstBegin()) {
			this.instance.alarm().after(MOMENT, () -> overtakeBegin(lost));
			this.instance.callbacks().run(this::tellBegin);
		}
		else {
			overtakeBegin(lost);
		}
	}

	private void overtakeBegin(HeldLease.Lost lost) {
		this.instance.callbacks().run(() -> {
			CompletableFuture<Void> told = overtake();
			if (told != null) {
				tell(lost);
				told.complete(null);
			}
		});
	}

	private void tellBegin() {
		this.instance.narrator().acquired(this.lease, this.waitedNanos);
		Runnable end;
		synchronized (this) {
			this.begun = true;
			end = this.held;
			this.held = null;
		}
		if (end != null) {
			this.instance.callbacks().run(end);
		}
	}

	/**
	 * A loss overtakes the begin, unless that has been told by now.
	 */
	private synchronized @Nullable CompletableFuture<Void> overtake() {
		if (!this.begun) {
			this.overtaking = new CompletableFuture<>();
		}
		return this.overtaking;
	}

	private synchronized @Nullable CompletableFuture<Void> overtaking() {
		return this.overtaking;
	}

	private synchronized boolean isFirstBegin() {
		boolean first = !this.begins;
		this.begins = true;
		return first;
	}

	private synchronized boolean isFirstEnd() {
		boolean first = !this.ended;
		this.ended = true;
		return first;
	}

	private synchronized boolean holdUntilBegun(Runnable tell) {
		if (!this.begun) {
			this.held = tell;
		}
		return !this.begun;
	}

}
