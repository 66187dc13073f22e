package io.dlock.core;

import java.time.Instant;
import java.util.function.Supplier;

import io.dlock.FailureCause;
import io.dlock.KeyText;
import io.dlock.LockException;
import io.dlock.LockRegistryClosedException;
import io.dlock.LockUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * How the attempt of a candidate ended.
 */
sealed interface Outcome {

	/**
	 * With the lock.
	 *
	 * @param lease the lease
	 */
	record Served(HeldLease lease) implements Outcome {
	}

	/**
	 * Without the lock.
	 *
	 * @param cause why
	 * @param holder who has it, if that is known
	 * @param error makes what is thrown, if this is an error: for everybody whose attempt
	 * ended so, an exception of its own
	 * @param tick the tick that was taken before, if that is why
	 */
	record Failed(FailureCause cause, @Nullable String holder, @Nullable Supplier<LockException> error,
			@Nullable Instant tick) implements Outcome {

		Failed(FailureCause cause, @Nullable String holder, @Nullable Supplier<LockException> error) {
			this(cause, holder, error, null);
		}

		static Failed alreadyRan(String by, Instant tick) {
			return new Failed(FailureCause.ALREADY_RAN, by, null, tick);
		}

		static Failed held(@Nullable String holder) {
			return new Failed(FailureCause.HELD, holder, null);
		}

		static Failed unavailable(LockUnavailableException error) {
			return new Failed(FailureCause.UNAVAILABLE, null,
					() -> new LockUnavailableException(String.valueOf(error.getMessage()), error.getSince(),
							error.getCause()));
		}

		static Failed closed(String key) {
			return new Failed(FailureCause.CLOSED, null, () -> closedException(key));
		}

		static LockRegistryClosedException closedException(String key) {
			return new LockRegistryClosedException("Lock " + KeyText.quoted(key)
					+ " cannot be had: the application stops, or has not been started (locks can"
					+ " be had from an ApplicationRunner on, not while beans are made)");
		}

	}

}
