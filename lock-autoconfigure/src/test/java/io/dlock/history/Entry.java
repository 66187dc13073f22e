package io.dlock.history;

/**
 * One thing that somebody saw. All times are nanoseconds of a monotonic clock that
 * everybody shares.
 */
public sealed interface Entry {

	/**
	 * The time of something that was never seen.
	 */
	long NEVER = Long.MIN_VALUE;

	/**
	 * A store confirmed a grant.
	 *
	 * @param node whose grant
	 * @param key the lock
	 * @param firstToken its first token
	 * @param tokens how many it has
	 * @param sentAt when the command was sent, or later: its validity cannot count from a
	 * later time
	 * @param ttl its TTL in nanoseconds
	 */
	record Confirmed(String node, String key, long firstToken, int tokens, long sentAt, long ttl) implements Entry {
	}

	/**
	 * Somebody has a lease.
	 *
	 * @param node who
	 * @param key the lock
	 * @param token its fencing token
	 * @param requestedAt before it was asked for
	 * @param obtainedAt after it was obtained
	 */
	record Obtained(String node, String key, long token, long requestedAt, long obtainedAt) implements Entry {
	}

	/**
	 * Somebody has given up a lease.
	 *
	 * @param node who
	 * @param key the lock
	 * @param token its fencing token
	 * @param lastValidAt a time, as late as possible, at which the lease was still valid
	 * @param endedAt after it was given back
	 * @param lost whether it turned out to be lost by then
	 */
	record Ended(String node, String key, long token, long lastValidAt, long endedAt, boolean lost) implements Entry {
	}

	/**
	 * An attempt ended without a lease.
	 *
	 * @param node whose
	 * @param key the lock
	 * @param requestedAt before it was asked for
	 * @param endedAt after the attempt
	 * @param patience how long it was to wait, in nanoseconds, or {@link Long#MAX_VALUE}
	 * @param why what became of it
	 */
	record Missed(String node, String key, long requestedAt, long endedAt, long patience, Why why) implements Entry {
	}

	/**
	 * Why an attempt ended without a lease.
	 */
	enum Why {

		HELD, TIMED_OUT, INTERRUPTED, CANCELLED, UNAVAILABLE

	}

	/**
	 * An observer was told.
	 *
	 * @param node by whom
	 * @param key the lock
	 * @param token the lease's token
	 * @param news of what
	 * @param at when
	 */
	record Told(String node, String key, long token, News news, long at) implements Entry {
	}

	/**
	 * What observers are told of a lease.
	 */
	enum News {

		ACQUIRED, RELEASED, LOST

	}

	/**
	 * A holder wrote to the resource that the lock protects.
	 *
	 * @param node who
	 * @param key the lock
	 * @param token its fencing token
	 * @param sentAt before the write was sent
	 * @param answeredAt after it was answered
	 * @param accepted whether the resource accepted it
	 * @param validAfter whether the lease was valid after that
	 */
	record Wrote(String node, String key, long token, long sentAt, long answeredAt, boolean accepted,
			boolean validAfter) implements Entry {
	}

	/**
	 * What a node needs to live.
	 *
	 * @param node which
	 * @param at when
	 * @param threads how many threads it has
	 * @param heap how many bytes are in use after a garbage collection
	 */
	record Vitals(String node, long at, int threads, long heap) implements Entry {
	}

	/**
	 * Something that may never happen.
	 *
	 * @param node where
	 * @param at when
	 * @param what for people
	 */
	record Strange(String node, long at, String what) implements Entry {
	}

	/**
	 * Something that the store still keeps although nobody uses it.
	 *
	 * @param key how the store calls it
	 * @param at when it was seen
	 */
	record Leftover(String key, long at) implements Entry {
	}

	/**
	 * A fault that was injected.
	 *
	 * @param kind what
	 * @param node to which node, or empty when it concerns all
	 * @param beganAt when it began
	 * @param endedAt when its cause was gone
	 */
	record Fault(String kind, String node, long beganAt, long endedAt) implements Entry {

		Span span() {
			return new Span(this.beganAt, this.endedAt);
		}

		/**
		 * From when on the locks are expected to work again: others need not wait for a
		 * node that is stopped or killed.
		 */
		public long recoversFrom() {
			return this.node.isEmpty() ? this.endedAt : this.beganAt;
		}

	}

	/**
	 * A node was killed: what it wrote down may lack its end.
	 *
	 * @param node which
	 * @param at when
	 */
	record Killed(String node, long at) implements Entry {
	}

}
