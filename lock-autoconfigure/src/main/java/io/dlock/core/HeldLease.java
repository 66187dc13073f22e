package io.dlock.core;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import io.dlock.KeyText;
import io.dlock.Lease;
import io.dlock.LeaseLostException;
import io.dlock.LockKind;
import io.dlock.LossCause;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lease: HELD, then RELEASED or LOST, decided once under the monitor of its key lock.
 * <p>
 * Whether it is valid is computed, not set: a process that stood still finds its lease
 * invalid with the first instruction that looks.
 */
final class HeldLease implements Lease {

	private static final Logger logger = LoggerFactory.getLogger(HeldLease.class);

	private final Grant grant;

	private final Instance instance;

	private final LockKind kind;

	private final long fencingToken;

	private final long beganAt;

	private final LeaseStory story;

	/** Set by whoever has the lease. */
	private volatile Alarm.@Nullable Cancellation overdue;

	/** Null while held. Written under the key lock's monitor, once. */
	private volatile @Nullable End end;

	/** Guarded by itself; told under no monitor. */
	private final List<Consumer<LossCause>> lossListeners = new ArrayList<>(0);

	HeldLease(Grant grant, Candidate candidate, Instance instance) {
		this.grant = grant;
		this.instance = instance;
		this.kind = candidate.kind();
		this.fencingToken = grant.nextToken();
		this.beganAt = instance.now();
		this.story = new LeaseStory(this, instance, this.beganAt - candidate.since());
		limit(candidate.terms().maxHoldNanos());
	}

	/**
	 * From now on it is held for so long at most, or for as long as its owner likes.
	 */
	final void limit(@Nullable Long maxHoldNanos) {
		Alarm.Cancellation former = this.overdue;
		if (former != null) {
			former.cancel();
		}
		this.overdue = (maxHoldNanos != null)
				? this.instance.alarm().after(maxHoldNanos, () -> this.grant.keyLock().overdue(this)) : null;
	}

	@Override
	public String key() {
		return this.grant.id().key();
	}

	@Override
	public long fencingToken() {
		return this.fencingToken;
	}

	LockKind kind() {
		return this.kind;
	}

	Grant grant() {
		return this.grant;
	}

	@Override
	public boolean isValid() {
		return this.end == null && !this.grant.hasExpired(this.instance.now());
	}

	@Override
	public Duration remaining() {
		long nanos = this.grant.validUntil() - this.instance.now();
		return (this.end == null && nanos > 0) ? Duration.ofNanos(nanos) : Duration.ZERO;
	}

	@Override
	public void requireValid() {
		if (!isValid()) {
			throwIfLost();
			throw new IllegalMonitorStateException("The lease of lock %s (token %d) has been released"
				.formatted(KeyText.quoted(key()), this.fencingToken));
		}
	}

	/**
	 * Fails when the lease is lost, whether or not anybody has noticed before.
	 */
	void throwIfLost() {
		if (this.end == null && this.grant.hasExpired(this.instance.now())) {
			this.grant.keyLock().loseIfExpired();
		}
		if (this.end instanceof Lost lost) {
			throw new LeaseLostException(key(), this.fencingToken, lost.cause(), lost.at());
		}
	}

	boolean isEnded() {
		return this.end != null;
	}

	boolean isReleased() {
		return this.end instanceof Released;
	}

	@Override
	public void onLost(Consumer<LossCause> listener) {
		Objects.requireNonNull(listener, "listener");
		synchronized (this.lossListeners) {
			if (this.end == null) {
				this.lossListeners.add(listener);
				return;
			}
		}
		if (this.end instanceof Lost lost) {
			Callbacks.quietly(() -> listener.accept(lost.cause()));
		}
	}

	/**
	 * Waits without a time limit of its own: each would be a timer, which costs a virtual
	 * thread as much as the release.
	 */
	@Override
	public void close() {
		CompletableFuture<Void> confirmed = release();
		this.story.tellReleased();
		confirmed.join();
	}

	/**
	 * Releases without waiting, and tells on dlock's own threads: nobody closes it.
	 */
	void letGo() {
		this.instance.abandoned().forget(this);
		CompletableFuture<Void> unused = release();
		this.instance.callbacks().run(this.story::tellReleased);
	}

	private CompletableFuture<Void> release() {
		return this.grant.keyLock().release(this);
	}

	/**
	 * A handle for a caller: the lease ends when nobody has it any more.
	 */
	Lease handle() {
		return new LeaseHandle(this, this.instance.abandoned());
	}

	LeaseStory story() {
		return this.story;
	}

	/** Under the key lock's monitor. */
	void released() {
		ended(new Released(this.instance.now() - this.beganAt));
	}

	/** Under the key lock's monitor. */
	void lost(LossCause cause, String detail) {
		ended(new Lost(cause, detail, Instant.now()));
	}

	private void ended(End decided) {
		synchronized (this.lossListeners) {
			this.end = decided;
		}
		Alarm.Cancellation planned = this.overdue;
		if (planned != null) {
			planned.cancel();
		}
	}

	/**
	 * After a loss, and after the monitor has been left: calls whoever wants to know.
	 */
	void tellLost() {
		if (this.end instanceof Lost lost) {
			List<Consumer<LossCause>> listeners;
			synchronized (this.lossListeners) {
				listeners = List.copyOf(this.lossListeners);
			}
			logger.warn("Lost lock {} (token {}, {}): {}", KeyText.quoted(key()), this.fencingToken,
					lost.cause().name().toLowerCase(Locale.ROOT), lost.detail());
			listeners.forEach((listener) -> this.instance.callbacks().run(() -> listener.accept(lost.cause())));
			this.story.tellLost(lost);
		}
	}

	@Nullable Released releasedEnd() {
		return (this.end instanceof Released released) ? released : null;
	}

	@Override
	public String toString() {
		return "Lease of lock %s, token %d, %s".formatted(KeyText.quoted(key()), this.fencingToken,
				(this.end != null) ? this.end : (isValid() ? "valid" : "expired"));
	}

	/**
	 * How a lease ended.
	 */
	sealed interface End {

	}

	/**
	 * By release.
	 *
	 * @param heldNanos how long it had been held
	 */
	record Released(long heldNanos) implements End {
	}

	/**
	 * Without a release.
	 *
	 * @param cause why
	 * @param detail what is known of it, for people
	 * @param at when that was found out
	 */
	record Lost(LossCause cause, String detail, Instant at) implements End {
	}

}
