package io.dlock.core;

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * Tells the story of one lease in its order: acquired, then released or lost, once.
 * <p>
 * The begin is told by whoever obtains the lease, and may take its time. A release that
 * comes meanwhile waits for that; a loss only for a moment, because the work must be
 * stopped. It is never told before the begin: where even that is kept back, because an
 * observer is busy with what came before, another thread tells both.
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
			Runnable tell = () -> {
				this.instance.narrator().lost(this.lease, lost.cause(), lost.at());
				this.over.complete(null);
			};
			if (holdUntilBegun(tell)) {
				this.instance.alarm().after(MOMENT, this::waitNoLonger);
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

	private void waitNoLonger() {
		if (isFirstBegin()) {
			this.instance.alarm().after(MOMENT, this::tellHeldEnd);
			this.instance.callbacks().run(this::tellBegin);
		}
		else {
			tellHeldEnd();
		}
	}

	private void tellBegin() {
		this.instance.narrator().acquired(this.lease, this.waitedNanos);
		synchronized (this) {
			this.begun = true;
		}
		tellHeldEnd();
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

	private void tellHeldEnd() {
		Runnable tell;
		synchronized (this) {
			tell = this.held;
			this.held = null;
		}
		if (tell != null) {
			this.instance.callbacks().run(tell);
		}
	}

}
