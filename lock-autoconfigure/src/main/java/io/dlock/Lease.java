package io.dlock;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * The right to act as the holder of a lock, from the moment it is obtained until it is
 * released or lost. It belongs to whoever has this handle, on any thread.
 * <p>
 * A lease ends exactly once: <em>released</em> by {@link #close()}, or <em>lost</em>.
 * What it says of itself is computed from this machine's monotonic clock and costs no
 * I/O: it turns invalid a tenth of a TTL before the lock store would give the lock to
 * somebody else.
 * <p>
 * A handle that the garbage collector finds unclosed is released, with a warning. Set the
 * logger {@code io.dlock.core.AbandonedLeases} to DEBUG to see where it was taken.
 */
public interface Lease extends AutoCloseable {

	/**
	 * The name of the lock.
	 * @return the key
	 */
	String key();

	/**
	 * A number greater than that of every earlier lease of this key. A resource that
	 * remembers the greatest token it has seen and refuses smaller ones is safe from
	 * holders that were lost without noticing.
	 * @return the fencing token
	 */
	long fencingToken();

	/**
	 * Whether the lease is held: neither released nor lost, and confirmed recently
	 * enough.
	 * @return whether it is held now
	 */
	boolean isValid();

	/**
	 * How long the lease stays valid if no renewal is confirmed any more.
	 * @return the time that remains, zero when the lease is not valid
	 */
	Duration remaining();

	/**
	 * Fails when the lease is not valid: the guard to put before a step that must not be
	 * done without the lock.
	 * @throws LeaseLostException when the lease was lost
	 * @throws IllegalMonitorStateException when it was released
	 */
	void requireValid();

	/**
	 * Calls back when the lease is lost, on a thread of dlock's, while there is still
	 * time to stop the work; at once, on the calling thread, when it is lost already. A
	 * released lease calls nobody.
	 * @param listener what to do; an exception of it is logged
	 */
	void onLost(Consumer<LossCause> listener);

	/**
	 * Releases the lock, and waits for the store to confirm it, for no longer than the
	 * command timeout. Closing again does nothing; neither does closing after a loss.
	 */
	@Override
	void close();

}
