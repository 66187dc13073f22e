package io.dlock;

import java.time.Instant;

/**
 * The caller held the lock, and lost it before it gave it back: part of the work was not
 * protected. The lease had ended by {@link #getLostAt()}; where the process stood still,
 * as much earlier as that lasted.
 * <p>
 * Unlocking a lock that one never held is a plain {@link IllegalMonitorStateException}.
 */
public class LeaseLostException extends IllegalMonitorStateException {

	private final String key;

	private final long fencingToken;

	private final LossCause lossCause;

	private final Instant lostAt;

	/**
	 * A loss.
	 * @param key the lock's name
	 * @param fencingToken the token of the lease that was lost
	 * @param lossCause why it was lost
	 * @param lostAt when it was found to be lost
	 */
	public LeaseLostException(String key, long fencingToken, LossCause lossCause, Instant lostAt) {
		super("The lease of lock %s (token %d) was found to be lost at %s (%s): what was done after its end was not protected"
			.formatted(KeyText.quoted(key), fencingToken, lostAt, lossCause.name().toLowerCase(java.util.Locale.ROOT)));
		this.key = key;
		this.fencingToken = fencingToken;
		this.lossCause = lossCause;
		this.lostAt = lostAt;
	}

	/**
	 * The lock's name.
	 * @return the key
	 */
	public String getKey() {
		return this.key;
	}

	/**
	 * The token of the lease that was lost.
	 * @return the fencing token
	 */
	public long getFencingToken() {
		return this.fencingToken;
	}

	/**
	 * Why the lease was lost.
	 * @return the cause
	 */
	public LossCause getLossCause() {
		return this.lossCause;
	}

	/**
	 * When the lease was found to be lost, by this machine's wall clock.
	 * @return the time of the loss
	 */
	public Instant getLostAt() {
		return this.lostAt;
	}

}
