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
	 * A request of this instance that waits has been granted the key, but the store
	 * cannot vouch for it: the grant must not be used, and is to be given back.
	 * @param id which grant
	 * @param reason why, for people
	 */
	void unconfirmed(GrantId id, String reason);

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
