package io.dlock.core;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

import io.dlock.KeyText;
import io.dlock.LockUnavailableException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the store answers, and since when it does not: one warning when it goes away,
 * one line when it is back.
 * <p>
 * A store may answer some commands and not others, or a connection come and go: that is
 * one outage. It is over when nothing has failed for as long as whatever is repeated
 * takes to fail again; but it is measured to the first answer after the last failure.
 */
final class Availability {

	/**
	 * How long waiters hold back after a connection has come back, so that a holder whom
	 * the store has forgotten comes first.
	 */
	private static final long HOLDERS_FIRST = 250_000_000;

	/** The longest pause before something is tried again that has failed. */
	private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

	private static final Logger logger = LoggerFactory.getLogger(Availability.class);

	private final String store;

	private final NanoClock clock;

	private final Alarm alarm;

	private final long settledAfter;

	/** Written under this. */
	private volatile @Nullable Outage outage;

	/** Since when nothing has failed any more. Written under this. */
	private volatile @Nullable Long answersSince;

	private volatile boolean lostConnection;

	private volatile long heldBackUntil;

	Availability(String store, NanoClock clock, Alarm alarm, Duration commandTimeout) {
		this.store = store;
		this.clock = clock;
		this.alarm = alarm;
		this.settledAfter = commandTimeout.plus(LONGEST_PAUSE).toNanos();
		this.heldBackUntil = clock.nanoTime();
	}

	void connected() {
		if (this.lostConnection) {
			this.heldBackUntil = this.clock.nanoTime() + HOLDERS_FIRST;
			this.lostConnection = false;
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

	/**
	 * A command was answered. An answer from before the connection was lost says nothing.
	 */
	void answered() {
		if (isAway() && !this.lostConnection) {
			comeBack();
		}
	}

	/**
	 * Whether the last that is known of the store is a failure.
	 */
	boolean isAway() {
		return this.outage != null && this.answersSince == null;
	}

	/**
	 * For how many nanoseconds nobody should ask for a lock yet.
	 */
	long holdBack() {
		return this.heldBackUntil - this.clock.nanoTime();
	}

	/**
	 * The exception for whoever has waited long enough. It may be that no failure is
	 * known: before the first connection nothing has been sent.
	 */
	LockUnavailableException exception(String key) {
		Outage current = this.outage;
		if (current == null) {
			return new LockUnavailableException(
					"Lock %s cannot be had: %s has not answered in time".formatted(KeyText.quoted(key), this.store),
					Instant.now(), null);
		}
		return new LockUnavailableException("Lock %s cannot be had: %s does not answer since %s (%s)"
			.formatted(KeyText.quoted(key), this.store, current.since(), describe(current.cause())), current.since(),
				current.cause());
	}

	/**
	 * The exception for whoever cannot have a lock although the store answers.
	 */
	LockUnavailableException refusal(String key, String reason) {
		return new LockUnavailableException(
				"Lock %s cannot be had from %s: %s".formatted(KeyText.quoted(key), this.store, reason), Instant.now(),
				null);
	}

	private synchronized void away(Throwable cause) {
		this.answersSince = null;
		Outage current = this.outage;
		if (current == null) {
			tell(new Outage(Instant.now(), this.clock.nanoTime(), cause, Set.of()));
		}
		else if (isRefusal(cause) && !current.told().contains(describe(cause))) {
			tell(new Outage(current.since(), current.sinceNanos(), cause, current.told()));
		}
	}

	/**
	 * One warning for an outage; and one for everything that the store itself says
	 * against being asked, since somebody has to do something about that.
	 */
	private void tell(Outage begun) {
		String described = describe(begun.cause());
		Set<String> told = new HashSet<>(begun.told());
		told.add(described);
		this.outage = new Outage(begun.since(), begun.sinceNanos(), begun.cause(), told);
		logger.warn("{} does not answer, or refuses to ({}): held locks stay valid until their time is over,"
				+ " waiting goes on; trying again", this.store, described);
	}

	private static boolean isRefusal(Throwable cause) {
		return cause instanceof RefusedException || cause.getCause() instanceof RefusedException;
	}

	private synchronized void comeBack() {
		if (isAway()) {
			Long since = this.clock.nanoTime();
			this.answersSince = since;
			this.alarm.after(this.settledAfter, () -> settle(since));
		}
	}

	private synchronized void settle(Long since) {
		Outage ended = this.outage;
		if (ended != null && since.equals(this.answersSince)) {
			this.outage = null;
			this.answersSince = null;
			logger.info("{} is back after {} ms", this.store, Duration.ofNanos(since - ended.sinceNanos()).toMillis());
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
		String outer = messageOf(cause);
		String inner = messageOf(root);
		return outer.contains(inner) ? outer : outer + ": " + inner;
	}

	private static String messageOf(Throwable cause) {
		return (cause.getMessage() != null) ? cause.getMessage() : cause.toString();
	}

	private record Outage(Instant since, long sinceNanos, Throwable cause, Set<String> told) {
	}

}
