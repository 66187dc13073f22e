package io.dlock.event;

import java.time.Instant;

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

	private final @Nullable Instant tick;

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
		this(source, key, kind, cause, holder, null);
	}

	/**
	 * A failure, perhaps because a tick was taken before.
	 * @param source the registry of this instance
	 * @param key the lock's name
	 * @param kind what the lock was wanted for
	 * @param cause why it was not obtained
	 * @param holder the instance that has the lock, or has taken the tick, if that is
	 * known
	 * @param tick the time of the tick that was taken before, if that is why
	 */
	public LockFailedEvent(LockRegistry source, String key, LockKind kind, FailureCause cause, @Nullable String holder,
			@Nullable Instant tick) {
		super(source, key, kind);
		this.cause = cause;
		this.holder = holder;
		this.tick = tick;
	}

	/**
	 * Why the lock was not obtained.
	 * @return the cause
	 */
	public FailureCause getCause() {
		return this.cause;
	}

	/**
	 * The instance that has the lock; that has taken the tick, when the cause is
	 * {@link FailureCause#ALREADY_RAN}.
	 * @return the holder's id, or {@code null} when it is not known
	 */
	public @Nullable String getHolder() {
		return this.holder;
	}

	/**
	 * The last tick that was taken before, when the cause is
	 * {@link FailureCause#ALREADY_RAN}: for a cron job, the time for which its run was
	 * planned; for others, when it was due by the lock store's clock.
	 * @return the tick's time, or {@code null} for any other cause
	 */
	public @Nullable Instant getTick() {
		return this.tick;
	}

	@Override
	String details() {
		return "cause=" + this.cause + ", holder=" + this.holder + ((this.tick != null) ? ", tick=" + this.tick : "");
	}

}
