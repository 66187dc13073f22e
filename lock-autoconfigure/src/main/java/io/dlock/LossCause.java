package io.dlock;

/**
 * Why a lease ended without being released.
 */
public enum LossCause {

	/**
	 * Its time ran out before a renewal was confirmed: the store was away, or this
	 * process stood still.
	 */
	EXPIRED,

	/**
	 * Somebody else holds the lock, or this instance was granted it anew after the store
	 * had forgotten the lease, or the key was overwritten.
	 */
	TAKEN,

	/**
	 * The lock was gone from the store: deleted by hand, evicted, or expired there.
	 */
	DELETED,

	/**
	 * It was held for longer than {@link LockOptions#maxHold()} allows.
	 */
	OVERDUE

}
