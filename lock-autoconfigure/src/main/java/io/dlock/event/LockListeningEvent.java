package io.dlock.event;

import io.dlock.LockKind;
import io.dlock.LockRegistry;
import org.jspecify.annotations.Nullable;

/**
 * The lock was not obtained, and is now waited for.
 */
public final class LockListeningEvent extends LockEvent {

	private final @Nullable String holder;

	private final int position;

	/**
	 * The begin of a wait.
	 * @param source the registry of this instance
	 * @param key the lock's name
	 * @param kind what the lock is wanted for
	 * @param holder the instance that has the lock, if that is known
	 * @param position the place in the queue, from 1
	 */
	public LockListeningEvent(LockRegistry source, String key, LockKind kind, @Nullable String holder, int position) {
		super(source, key, kind);
		this.holder = holder;
		this.position = position;
	}

	/**
	 * The instance that has the lock.
	 * @return the holder's id, or {@code null} when it is not known
	 */
	public @Nullable String getHolder() {
		return this.holder;
	}

	/**
	 * The place in the queue: among the instances, or among the callers in this instance
	 * when it is here that the lock is held.
	 * @return the position, from 1
	 */
	public int getPosition() {
		return this.position;
	}

	@Override
	String details() {
		return "holder=" + this.holder + ", position=" + this.position;
	}

}
