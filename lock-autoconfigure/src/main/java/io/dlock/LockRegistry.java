package io.dlock;

import java.util.Collection;
import java.util.Optional;

/**
 * The locks of one application instance: hands them out by key, and gives back everything
 * that is held when the application stops.
 * <p>
 * There is one registry in an application context (bean {@code dlockRegistry}), and the
 * context owns it. All methods may be called from any thread, virtual or not. A key is
 * any non-empty string that does not begin with <code>}</code> and has no half of a
 * surrogate pair; it is data, compared character by character and case-sensitively. Any
 * other is refused with an {@code IllegalArgumentException}.
 */
public interface LockRegistry {

	/**
	 * The lock of a key, with the options that {@code dlock.*} sets. Costs no I/O, and
	 * may be called each time or once: all locks of one key are the same lock.
	 * @param key the lock's name
	 * @return the lock
	 * @throws IllegalArgumentException when the key is empty or begins with
	 * <code>}</code>
	 */
	DistributedLock get(String key);

	/**
	 * The lock of a key, with options of the caller's. Ownership goes by key: a thread
	 * that holds the key through one set of options re-enters it through any other.
	 * @param key the lock's name
	 * @param options what differs from the configured defaults
	 * @return the lock
	 * @throws IllegalArgumentException when the key is empty or begins with
	 * <code>}</code>, or when the options contradict each other
	 */
	DistributedLock get(String key, LockOptions options);

	/**
	 * Contends for a key from now on, and keeps it as long as possible. While a
	 * leadership of this key is open, the same one is returned.
	 * @param key the lock's name
	 * @return the leadership, to be closed by whoever opened it; the registry closes it
	 * when the application stops
	 * @throws IllegalArgumentException when the key is empty or begins with
	 * <code>}</code>
	 * @throws LockRegistryClosedException when the registry is closed
	 */
	Leadership contend(String key);

	/**
	 * The leases that this instance holds right now: a snapshot, in no particular order.
	 * @return the leases that are held
	 */
	Collection<Lease> leases();

	/**
	 * Asks the lock store who holds a key. The answer may be out of date when it arrives:
	 * for people and logs, not for decisions.
	 * @param key the lock's name
	 * @return the holder, or empty when the key is free
	 * @throws IllegalArgumentException when the key is empty or begins with
	 * <code>}</code>
	 * @throws LockUnavailableException when the store does not answer
	 * @throws LockRegistryClosedException when the registry is closed
	 */
	Optional<Holder> holder(String key);

	/**
	 * How this instance is called in the lock store and in events: readable, and never
	 * the same for two instances.
	 * @return the instance's id
	 */
	String instanceId();

}
