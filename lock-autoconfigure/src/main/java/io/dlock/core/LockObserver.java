package io.dlock.core;

import java.time.Duration;
import java.time.Instant;

import io.dlock.FailureCause;
import io.dlock.LockKind;
import io.dlock.LockRegistry;
import io.dlock.LossCause;
import org.jspecify.annotations.Nullable;

/**
 * Is told what happens to the locks of a registry, after it has happened.
 * <p>
 * Blocking calls of the API tell on the calling thread; everything else is told on the
 * registry's own threads. For one lease the order is kept: acquired, then one of released
 * and lost. A loss waits for 50 ms only for an observer that is still busy with what came
 * before, and is told {@linkplain #lostAgain again} when the begin has been told to all.
 * An exception is logged and changes nothing.
 */
public interface LockObserver {

	/**
	 * A lease begins.
	 * @param registry where
	 * @param key the lock's name
	 * @param kind what the lock is taken for
	 * @param fencingToken the token of the lease
	 * @param waited the time from the attempt to the lease
	 */
	default void acquired(LockRegistry registry, String key, LockKind kind, long fencingToken, Duration waited) {
	}

	/**
	 * A lease ended by release.
	 * @param registry where
	 * @param key the lock's name
	 * @param kind what the lock was taken for
	 * @param fencingToken the token of the lease
	 * @param held the time from the begin of the lease to its end
	 */
	default void released(LockRegistry registry, String key, LockKind kind, long fencingToken, Duration held) {
	}

	/**
	 * An attempt ended without the lock; that of a leadership goes on.
	 * @param registry where
	 * @param key the lock's name
	 * @param kind what the lock was wanted for
	 * @param cause why
	 * @param holder who has the lock, if that is known
	 */
	default void failed(LockRegistry registry, String key, LockKind kind, FailureCause cause, @Nullable String holder) {
	}

	/**
	 * An attempt ended without the lock; that of a leadership goes on.
	 * @param registry where
	 * @param key the lock's name
	 * @param kind what the lock was wanted for
	 * @param cause why
	 * @param holder who has the lock, or has taken the tick, if that is known
	 * @param tick the time of the tick that was taken before, if that is why
	 */
	default void failed(LockRegistry registry, String key, LockKind kind, FailureCause cause, @Nullable String holder,
			@Nullable Instant tick) {
		failed(registry, key, kind, cause, holder);
	}

	/**
	 * The lock was not obtained, and the attempt waits for it now.
	 * @param registry where
	 * @param key the lock's name
	 * @param kind what the lock is wanted for
	 * @param holder the instance that has it, if that is known
	 * @param position the place in the queue, from 1: among the instances, or among the
	 * callers in this instance when it is here that the lock is held
	 */
	default void listening(LockRegistry registry, String key, LockKind kind, @Nullable String holder, int position) {
	}

	/**
	 * A lease ended without a release.
	 * @param registry where
	 * @param key the lock's name
	 * @param kind what the lock was taken for
	 * @param fencingToken the token of the lease
	 * @param cause why
	 * @param lostAt when it was found to be lost, by the wall clock
	 */
	default void lost(LockRegistry registry, String key, LockKind kind, long fencingToken, LossCause cause,
			Instant lostAt) {
	}

	/**
	 * A lease was lost while others were still being told of its begin. The loss was told
	 * in between, and is told again now, so that nobody who has only just heard of the
	 * begin takes the lease for valid.
	 * @param registry where
	 * @param key the lock's name
	 * @param kind what the lock was taken for
	 * @param fencingToken the token of the lease
	 * @param cause why
	 * @param lostAt when it was found to be lost, by the wall clock
	 */
	default void lostAgain(LockRegistry registry, String key, LockKind kind, long fencingToken, LossCause cause,
			Instant lostAt) {
		lost(registry, key, kind, fencingToken, cause, lostAt);
	}

}
