package io.dlock.core;

/**
 * What the store has given to this instance: the lock of a key, under an id never used
 * twice, with a block of fencing tokens. It serves one lease after the other.
 */
final class Grant {

	/**
	 * How long a grant may go from thread to thread before other instances are asked.
	 */
	private static final long TIME_SLICE = 20_000_000;

	/**
	 * How many fencing tokens are asked for where threads contend.
	 */
	static final int TOKEN_BLOCK = 64;

	/**
	 * How many at most, where they have passed the lock on so fast that fewer did not
	 * last for a time slice. That many hand-offs take longer than as many microseconds:
	 * tokens do not run ahead of the clock that they are made from.
	 */
	private static final int LARGEST_TOKEN_BLOCK = 1_024;

	/**
	 * The same where another instance waited for the lock: not so many that the time
	 * slice would end first, and give more to processes that are faster.
	 */
	private static final int LARGEST_TOKEN_BLOCK_IN_TURN = 128;

	private final GrantId id;

	private final KeyLock keyLock;

	private final LeaseTerms terms;

	private final long firstToken;

	private final int tokens;

	private final long grantedAt;

	private final boolean pushed;

	/** Guarded by the key lock. */
	private int tokensUsed;

	/** Written under the key lock's monitor. */
	private volatile long validUntil;

	/** Written under the key lock's monitor, once. */
	private volatile boolean over;

	/**
	 * A grant that has just arrived.
	 * @param request what was asked for
	 * @param tokenBlock the tokens that were granted
	 * @param sentAt from when its validity counts
	 * @param now when it arrived
	 * @param keyLock whom it belongs to
	 */
	Grant(Request request, TokenBlock tokenBlock, long sentAt, long now, KeyLock keyLock) {
		this.id = request.id();
		this.terms = request.terms();
		this.keyLock = keyLock;
		this.firstToken = tokenBlock.first();
		this.tokens = tokenBlock.count();
		this.pushed = tokenBlock.pushed();
		this.grantedAt = now;
		this.validUntil = this.terms.validUntil(sentAt);
	}

	GrantId id() {
		return this.id;
	}

	KeyLock keyLock() {
		return this.keyLock;
	}

	LeaseTerms terms() {
		return this.terms;
	}

	long validUntil() {
		return this.validUntil;
	}

	boolean hasExpired(long now) {
		return now - this.validUntil >= 0;
	}

	/**
	 * Nothing shortens a validity, and nothing extends one that has run out.
	 */
	void confirmed(long sentAt, long now) {
		long until = this.terms.validUntil(sentAt);
		if (!hasExpired(now) && until - this.validUntil > 0) {
			this.validUntil = until;
		}
	}

	/**
	 * Whether the next lease can be one of this grant: a token is left, its time slice is
	 * not over, and its TTL, which never changes, is the one wanted.
	 */
	boolean canServe(LeaseTerms wanted, long now) {
		return this.tokensUsed < this.tokens && now - this.grantedAt < TIME_SLICE && this.terms.isHandedOnTo(wanted)
				&& !hasExpired(now);
	}

	/**
	 * The grant is given up or lost: nothing is kept alive any more.
	 */
	void end() {
		this.over = true;
	}

	boolean isOver() {
		return this.over;
	}

	/**
	 * How many tokens the instance asks for that goes on after this grant: more than it
	 * had, where these have been used up before the time slice was over.
	 */
	int nextBlock() {
		if (this.tokensUsed < this.tokens) {
			return TOKEN_BLOCK;
		}
		int largest = this.pushed ? LARGEST_TOKEN_BLOCK_IN_TURN : LARGEST_TOKEN_BLOCK;
		return Math.max(TOKEN_BLOCK, Math.min(largest, 2 * this.tokens));
	}

	long nextToken() {
		return this.firstToken + this.tokensUsed++;
	}

	RenewRequest renewal() {
		return new RenewRequest(this.id, this.firstToken, this.tokens, this.terms.ttl());
	}

	/**
	 * When the first renewal is due. The validity of a pushed grant counts from an
	 * earlier ask, so it is renewed soon; any other when its interval is over.
	 */
	long firstRenewalAt() {
		long ttl = this.terms.ttlNanos();
		long sentAt = this.validUntil - ttl + ttl / 10;
		return this.pushed ? this.grantedAt + Math.min(ttl, this.validUntil - this.grantedAt) / 10
				: sentAt + this.terms.renewInterval().toNanos();
	}

}
