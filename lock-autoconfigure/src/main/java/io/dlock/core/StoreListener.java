package io.dlock.core;

/**
 * What a {@link LockStore} tells without being asked. Called on any thread of the
 * store's; does not block and does not throw.
 */
public interface StoreListener {

	/**
	 * Somebody has given up a key, and the store has granted it to a waiting request of
	 * this instance. May come late, twice, or not at all.
	 * @param grant which grant, with its tokens
	 */
	void granted(PushedGrant grant);

	/**
	 * Commands can be sent: for the first time, or again.
	 */
	void connected();

	/**
	 * Commands cannot be sent any more, until {@link #connected()}.
	 * @param cause what happened
	 */
	void disconnected(Throwable cause);

}
