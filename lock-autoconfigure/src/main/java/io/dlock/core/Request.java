package io.dlock.core;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * The phase of a key in which this instance asks for it: one grant id, asked for as often
 * as needed, until it is granted or given up. Guarded by its key lock.
 */
final class Request implements Phase {

	private static final long FIRST_RETRY = 50_000_000;

	private static final long LONGEST_RETRY = 200_000_000;

	private final GrantId id;

	private final LeaseTerms terms;

	private final int tokens;

	/** How many tokens the last ask was for. */
	private int askedFor;

	/**
	 * The send time that the validity of a pushed grant counts from: that of the last ask
	 * answered with <em>queued</em>, before that the first one's that the store may have
	 * heard.
	 */
	private long base;

	/**
	 * A push with this token or a smaller one is older than the answer to our ask.
	 */
	private long mark;

	private boolean underWay;

	/** Whether an ask was, or may have been, answered by anything but a refusal. */
	private boolean mayBeKnown;

	/** The first token of the grant, once there was one. */
	private long grantedToken;

	private @Nullable Long unansweredSince;

	private @Nullable String refusal;

	private long retryDelay = FIRST_RETRY;

	private AcquireAnswer.@Nullable Queued queued;

	/** When the ask was sent that was answered so. */
	private long queuedAt;

	private Alarm.@Nullable Cancellation recheck;

	Request(GrantId id, LeaseTerms terms, int tokens) {
		this.id = id;
		this.terms = terms;
		this.tokens = tokens;
	}

	/**
	 * Goes on where another request had to give up its id.
	 */
	Request(GrantId id, Request former) {
		this(id, former.terms, former.tokens);
		remember(former);
	}

	/**
	 * It is the same outage that another request has met.
	 */
	void remember(Request former) {
		this.unansweredSince = former.unansweredSince;
		this.refusal = former.refusal;
		this.retryDelay = former.retryDelay;
	}

	GrantId id() {
		return this.id;
	}

	LeaseTerms terms() {
		return this.terms;
	}

	/**
	 * Notes that an ask is about to be sent.
	 */
	AcquireRequest sending(long now, Line line, long seen) {
		if (!this.mayBeKnown) {
			this.base = now;
		}
		this.underWay = true;
		this.grantedToken = 0; // what answers this ask knows of it
		recheckBy(null);
		this.askedFor = wanted(line);
		return new AcquireRequest(this.id, this.terms.ttl(), this.askedFor, seen, line.hasWaiting(),
				this.terms.job().atLeast(), this.terms.job().claim(now));
	}

	/**
	 * Whether threads contend here that had not come yet when the last ask was sent: it
	 * would bring them one token, and its turn would be over with the first of them.
	 */
	boolean hasAskedForTooFew(Line line) {
		return this.askedFor < wanted(line);
	}

	/** Where threads contend here, many tokens. */
	private int wanted(Line line) {
		return (line.size() > 1) ? Math.max(Grant.TOKEN_BLOCK, this.tokens) : this.tokens;
	}

	boolean isUnderWay() {
		return this.underWay;
	}

	/**
	 * Whether the store may have heard of the id: then it must be told to forget it.
	 */
	boolean isKnownToStore() {
		return this.underWay || this.mayBeKnown;
	}

	void answered(AcquireAnswer answer) {
		this.underWay = false;
		if (!(answer instanceof AcquireAnswer.Held || answer instanceof AcquireAnswer.AlreadyRan)) {
			this.mayBeKnown = true;
		}
		if (!(answer instanceof AcquireAnswer.Unconfirmed)) {
			this.unansweredSince = null;
			this.refusal = null;
			this.retryDelay = FIRST_RETRY;
		}
	}

	/** The store could not vouch for the grant before this one. */
	void refused(String reason) {
		this.refusal = reason;
	}

	/** Why there is no grant that could be used, where the store has said so last. */
	@Nullable String refusal() {
		return this.refusal;
	}

	void queued(AcquireAnswer.Queued answer, long askSentAt) {
		if (this.queued == null || askSentAt - this.base > 0) {
			this.base = askSentAt;
		}
		this.mark = Math.max(this.mark, answer.mark());
		this.queued = answer;
		this.queuedAt = askSentAt;
	}

	/**
	 * The last queued answer, once there is one.
	 */
	AcquireAnswer.@Nullable Queued queued() {
		return this.queued;
	}

	long base() {
		return this.base;
	}

	/**
	 * The id has been granted.
	 */
	void granted(long firstToken) {
		this.grantedToken = firstToken;
	}

	/**
	 * Whether an answer was given before the grant, which it did not know of: a push can
	 * overtake it, and then it says nothing any more.
	 */
	boolean isOvertaken(AcquireAnswer answer) {
		return answer instanceof AcquireAnswer.Queued late && late.mark() < this.grantedToken;
	}

	boolean isNewerThanMark(long token) {
		return token > this.mark;
	}

	/**
	 * An ask that was sent then was not answered.
	 * @return after how many nanoseconds to ask again
	 */
	long unanswered(Throwable cause, long sentAt) {
		this.underWay = false;
		this.refusal = null;
		if (!(cause instanceof NotSentException)) {
			this.mayBeKnown = true;
		}
		return notServed(sentAt);
	}

	/**
	 * There is still no grant that could be used.
	 * @param since since when, unless it was so before
	 * @return after how many nanoseconds to ask again
	 */
	long notServed(long since) {
		if (this.unansweredSince == null) {
			this.unansweredSince = since;
		}
		long delay = this.retryDelay;
		this.retryDelay = Math.min(LONGEST_RETRY, delay * 2);
		return delay;
	}

	/**
	 * Whether the last ask was not answered.
	 */
	boolean isUnanswered() {
		return this.unansweredSince != null;
	}

	long unansweredSince(long now) {
		return (this.unansweredSince != null) ? this.unansweredSince : now;
	}

	/**
	 * How long a queued request waits before it asks again: until the holder's time can
	 * be over; and often enough to stay alive in the queue, whatever gets lost.
	 * <p>
	 * The holder's time counts from the sending of the ask that was answered with it. The
	 * next ask is under way for about as long as that one was, and so arrives when that
	 * time is just over, or is told how much too early it was.
	 */
	long waitToAskAgain(long now, Duration pollInterval) {
		long wait = this.terms.ttlNanos() / 3;
		if (this.queued != null) {
			Duration remaining = this.queued.remaining();
			if (!remaining.isNegative()) { // or somebody has taken its TTL away
				wait = Math.min(wait, TimeUnit.NANOSECONDS.convert(remaining) - (now - this.queuedAt));
			}
			wait = this.queued.pushed() ? wait : Math.min(wait, pollInterval.toNanos());
		}
		return wait;
	}

	void recheckBy(Alarm.@Nullable Cancellation alarm) {
		if (this.recheck != null) {
			this.recheck.cancel();
		}
		this.recheck = alarm;
	}

}
