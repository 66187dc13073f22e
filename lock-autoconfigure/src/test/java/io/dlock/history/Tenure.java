package io.dlock.history;

/**
 * One lease from begin to end, as its holder saw it.
 *
 * @param node who held it
 * @param key the lock
 * @param token its fencing token
 * @param requestedAt before it was asked for
 * @param obtainedAt after it was obtained
 * @param lastValidAt the last time at which it was seen to be valid, or
 * {@link Entry#NEVER}
 * @param endedAt after it was given back; for a holder that was killed, when that
 * happened
 * @param outcome how it ended
 */
public record Tenure(String node, String key, long token, long requestedAt, long obtainedAt, long lastValidAt,
		long endedAt, Outcome outcome) {

	@Override
	public String toString() {
		return "%s with token %d of '%s' (asked %d, obtained %d, last valid %d, ended %d, %s)".formatted(this.node,
				this.token, this.key, this.requestedAt, this.obtainedAt, this.lastValidAt, this.endedAt, this.outcome);
	}

	/**
	 * How a lease ended for its holder.
	 */
	public enum Outcome {

		RELEASED, LOST, KILLED,

		/** Nobody has written down the end. */
		OPEN

	}

}
