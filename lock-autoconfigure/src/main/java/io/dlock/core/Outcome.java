package io.dlock.core;

import io.dlock.FailureCause;
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
	 * @param error what to throw, if this is an error
	 */
	record Failed(FailureCause cause, @Nullable String holder, @Nullable LockException error) implements Outcome {

		static Failed held(@Nullable String holder) {
			return new Failed(FailureCause.HELD, holder, null);
		}

		static Failed unavailable(LockUnavailableException error) {
			return new Failed(FailureCause.UNAVAILABLE, null, error);
		}

		/**
		 * The error, as if it had been made by the thread that throws it.
		 */
		LockException thrown() {
			if (this.error == null) {
				throw new IllegalStateException("no error: " + this);
			}
			this.error.fillInStackTrace();
			return this.error;
		}

		static Failed closed(String key) {
			return new Failed(FailureCause.CLOSED, null, closedException(key));
		}

		static LockRegistryClosedException closedException(String key) {
			return new LockRegistryClosedException(
					"Lock '" + key + "' cannot be had: the application stops, or has not been started");
		}

	}

}
