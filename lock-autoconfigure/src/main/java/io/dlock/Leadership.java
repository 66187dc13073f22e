package io.dlock;

import java.util.Optional;

/**
 * The standing wish for a lock: obtains it, keeps it as long as possible, and goes for it
 * again after every loss, until it is closed.
 * <p>
 * It never gives up while the store is away. What happens to it is told by the events of
 * its key.
 */
public interface Leadership extends AutoCloseable {

	/**
	 * The name of the lock.
	 * @return the key
	 */
	String key();

	/**
	 * Whether this instance has the lock now.
	 * @return whether there is a valid lease
	 */
	boolean isLeader();

	/**
	 * The lease of the current term.
	 * @return the lease, or empty when this instance does not have the lock
	 */
	Optional<Lease> lease();

	/**
	 * Gives up the lock when it is held, the listening when it is not. Closing again does
	 * nothing.
	 */
	@Override
	void close();

}
