package io.dlock.event;

import io.dlock.FailureCause;
import io.dlock.LockKind;
import io.dlock.LockRegistry;
import org.jspecify.annotations.Nullable;

/**
 * An attempt ended without the lock. That of a leadership goes on: it is told once per
 * round of contention, before {@link LockListeningEvent}.
 */
public final class LockFailedEvent extends LockEvent {

	private final FailureCause cause;

	private final @Nullable String holder;

	/**
	 * A failure.
	 * @param source the registry of this instance
	 * @param key the lock's name
	 * @param kind what the lock was wanted for
	 * @param cause why it was not obtained
	 * @param holder the instance that has the lock, if that is known
	 */
	public LockFailedEvent(LockRegistry source, String key, LockKind kind, FailureCause cause,
			@Nullable String holder) {
		super(source, key, kind);
		this.cause = cause;
		this.holder = holder;
	}

	/**
	 * Why the lock was not obtained.
	 * @return the cause
	 */
	public FailureCause getCause() {
		return this.cause;
	}

	/**
	 * The instance that has the lock.
	 * @return the holder's id, or {@code null} when it is not known
	 */
	public @Nullable String getHolder() {
		return this.holder;
	}

	@Override
	String details() {
		return "cause=" + this.cause + ", holder=" + this.holder;
	}

}
