package io.dlock.core;

import java.time.Duration;
import java.time.Instant;

import io.dlock.LockUnavailableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the store answers, and since when it does not: one warning when it goes away,
 * one line when it is back.
 */
final class Availability {

	/**
	 * How long waiters hold back after a connection has come back, so that a holder whom
	 * the store has forgotten comes first.
	 */
	private static final long HOLDERS_FIRST = 250_000_000;

	private static final Logger logger = LoggerFactory.getLogger(Availability.class);

	private final String store;

	private final NanoClock clock;

	private volatile @Nullable Outage outage;

	private volatile boolean lostConnection;

	private volatile long heldBackUntil;

	Availability(String store, NanoClock clock) {
		this.store = store;
		this.clock = clock;
		this.heldBackUntil = clock.nanoTime();
	}

	void connected() {
		if (this.lostConnection) {
			this.lostConnection = false;
			this.heldBackUntil = this.clock.nanoTime() + HOLDERS_FIRST;
		}
		answered();
	}

	void disconnected(Throwable cause) {
		this.lostConnection = true;
		away(cause);
	}

	/**
	 * A command was not answered. One that was never sent says nothing new.
	 */
	void failed(Throwable cause) {
		if (!(cause instanceof NotSentException)) {
			away(cause);
		}
	}

	void answered() {
		if (this.outage != null) {
			back();
		}
	}

	boolean isAway() {
		return this.outage != null;
	}

	/**
	 * For how many nanoseconds nobody should ask for a lock yet.
	 */
	long holdBack() {
		return this.heldBackUntil - this.clock.nanoTime();
	}

	/**
	 * The exception for whoever has waited long enough.
	 */
	LockUnavailableException exception(String key) {
		Outage current = this.outage;
		Instant since = (current != null) ? current.since() : Instant.now();
		Throwable cause = (current != null) ? current.cause() : null;
		return new LockUnavailableException("Lock '%s' cannot be had: %s does not answer since %s%s".formatted(key,
				this.store, since, (cause != null) ? " (" + describe(cause) + ")" : ""), since, cause);
	}

	/**
	 * The exception for whoever cannot have a lock although the store answers.
	 */
	LockUnavailableException refusal(String key, String reason) {
		return new LockUnavailableException("Lock '%s' cannot be had from %s: %s".formatted(key, this.store, reason),
				Instant.now(), null);
	}

	private synchronized void away(Throwable cause) {
		if (this.outage == null) {
			this.outage = new Outage(Instant.now(), this.clock.nanoTime(), cause);
			logger.warn("{} does not answer ({}): held locks stay valid until their time is over,"
					+ " waiting goes on; trying again", this.store, describe(cause));
		}
	}

	private synchronized void back() {
		Outage ended = this.outage;
		if (ended != null) {
			this.outage = null;
			logger.info("{} is back after {} ms", this.store,
					Duration.ofNanos(this.clock.nanoTime() - ended.sinceNanos()).toMillis());
		}
	}

	/**
	 * What happened, in one line: the outermost message, and the innermost where that
	 * says more.
	 */
	static String describe(Throwable cause) {
		Throwable root = cause;
		while (root.getCause() != null && root.getCause() != root) {
			root = root.getCause();
		}
		String outer = String.valueOf(cause.getMessage());
		String inner = String.valueOf(root.getMessage());
		return outer.contains(inner) ? outer : outer + ": " + inner;
	}

	private record Outage(Instant since, long sinceNanos, Throwable cause) {
	}

}
