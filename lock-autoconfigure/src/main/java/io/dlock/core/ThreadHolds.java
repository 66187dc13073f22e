package io.dlock.core;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import io.dlock.KeyText;
import io.dlock.Lease;
import org.jspecify.annotations.Nullable;

/**
 * What each thread holds through the methods of {@code Lock}, and how often it has
 * entered. It is kept with the thread, so that re-entry costs nothing and is gone with
 * the thread.
 */
final class ThreadHolds {

	private final ThreadLocal<Holds> holds = ThreadLocal.withInitial(Holds::new);

	/**
	 * Enters once more, if this thread holds the key.
	 * @return whether it does
	 * @throws io.dlock.LeaseLostException when it did, and lost it
	 */
	boolean reenter(String key) {
		Hold hold = find(key);
		if (hold == null) {
			return false;
		}
		hold.lease.throwIfLost();
		hold.entries++;
		return true;
	}

	void begin(String key, HeldLease lease) {
		this.holds.get().begin(key, new Hold(lease));
	}

	/**
	 * Takes back one entry.
	 * @return the lease, when this was the last entry
	 * @throws io.dlock.LeaseLostException when it was lost meanwhile
	 * @throws IllegalMonitorStateException when there is none
	 */
	@Nullable HeldLease leave(String key) {
		Map<String, Hold> mine = this.holds.get().byKey;
		Hold hold = mine.get(key);
		if (hold == null) {
			throw new IllegalMonitorStateException("Thread %s does not hold lock %s through lock() or tryLock()"
				.formatted(Thread.currentThread().getName(), KeyText.quoted(key)));
		}
		hold.entries--;
		if (hold.entries == 0) {
			mine.remove(key);
		}
		hold.lease.throwIfLost();
		return (hold.entries == 0) ? hold.lease : null;
	}

	Optional<Lease> lease(String key) {
		Hold hold = find(key);
		return (hold != null) ? Optional.of(hold.lease) : Optional.empty();
	}

	/**
	 * A thread that holds the key would wait for itself.
	 */
	void requireNotHeld(String key) {
		Hold hold = find(key);
		if (hold != null && hold.lease.isValid()) {
			throw new IllegalMonitorStateException("Thread %s holds lock %s through lock() and would wait for itself:"
				.formatted(Thread.currentThread().getName(), KeyText.quoted(key))
					+ " use currentLease(), or unlock first");
		}
	}

	/**
	 * How many keys are remembered for this thread.
	 */
	int size() {
		return this.holds.get().byKey.size();
	}

	/**
	 * A lease that was closed by its handle leaves nothing to enter again.
	 */
	private @Nullable Hold find(String key) {
		Map<String, Hold> mine = this.holds.get().byKey;
		Hold hold = mine.get(key);
		if (hold != null && hold.lease.isReleased()) {
			return null;
		}
		return hold;
	}

	/**
	 * The keys that a thread holds. Confined to the thread.
	 */
	private static final class Holds {

		/** More than a thread holds at a time, as a rule. */
		private static final int MANY = 32;

		private final Map<String, Hold> byKey = new HashMap<>();

		private int sweptAt = MANY;

		/**
		 * What was closed by its handle may never be unlocked: it is forgotten when there
		 * is much of it.
		 */
		void begin(String key, Hold hold) {
			if (this.byKey.size() >= this.sweptAt) {
				this.byKey.values().removeIf((each) -> each.lease.isReleased());
				this.sweptAt = Math.max(MANY, 2 * this.byKey.size());
			}
			this.byKey.put(key, hold);
		}

	}

	/**
	 * A key that a thread holds. Confined to the thread.
	 */
	private static final class Hold {

		private final HeldLease lease;

		private int entries = 1;

		Hold(HeldLease lease) {
			this.lease = lease;
		}

	}

}
