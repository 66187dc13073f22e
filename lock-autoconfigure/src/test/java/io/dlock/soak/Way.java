package io.dlock.soak;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.dlock.DistributedLock;
import io.dlock.Lease;
import io.dlock.LeaseLostException;
import io.dlock.LockException;
import org.jspecify.annotations.Nullable;

/**
 * The ways to take a lock.
 */
enum Way {

	LOCK {

		@Override
		Taken take(DistributedLock lock, Duration patience) {
			lock.lock();
			return owned(lock);
		}

	},

	LOCK_TWICE {

		@Override
		Taken take(DistributedLock lock, Duration patience) {
			lock.lock();
			Taken first = owned(lock);
			if (!first.lease().isValid() || !enterAgain(lock, first)) {
				return first;
			}
			return new Taken(first.lease(), () -> {
				try {
					lock.unlock();
				}
				finally {
					lock.unlock();
				}
			});
		}

	},

	LOCK_INTERRUPTIBLY {

		@Override
		Taken take(DistributedLock lock, Duration patience) throws InterruptedException {
			lock.lockInterruptibly();
			return owned(lock);
		}

	},

	TRY_LOCK {

		@Override
		@Nullable Taken take(DistributedLock lock, Duration patience) {
			return lock.tryLock() ? owned(lock) : null;
		}

	},

	TRY_LOCK_FOR_A_TIME {

		@Override
		@Nullable Taken take(DistributedLock lock, Duration patience) throws InterruptedException {
			return lock.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS) ? owned(lock) : null;
		}

	},

	ACQUIRE {

		@Override
		Taken take(DistributedLock lock, Duration patience) throws InterruptedException {
			return handle(lock.acquire());
		}

	},

	TRY_ACQUIRE {

		@Override
		@Nullable Taken take(DistributedLock lock, Duration patience) {
			return lock.tryAcquire().map(Way::handle).orElse(null);
		}

	},

	TRY_ACQUIRE_FOR_A_TIME {

		@Override
		@Nullable Taken take(DistributedLock lock, Duration patience) throws InterruptedException {
			return lock.tryAcquire(patience).map(Way::handle).orElse(null);
		}

	},

	ACQUIRE_ASYNC {

		@Override
		Taken take(DistributedLock lock, Duration patience) throws Exception {
			CompletableFuture<Lease> future = lock.acquireAsync();
			try {
				return handle(future.get(patience.toNanos(), TimeUnit.NANOSECONDS));
			}
			catch (ExecutionException ex) {
				throw (ex.getCause() instanceof LockException expected) ? expected : ex;
			}
			catch (TimeoutException | InterruptedException ex) {
				if (future.cancel(true)) {
					throw new CancellationException();
				}
				return handle(future.get());
			}
		}

	};

	/**
	 * Takes a lock, or not.
	 * @param lock which
	 * @param patience how long to wait, where that can be said
	 * @return the lease, or null when it could not be had
	 */
	abstract @Nullable Taken take(DistributedLock lock, Duration patience) throws Exception;

	/**
	 * How many nanoseconds an attempt may last, or {@link Long#MAX_VALUE}.
	 */
	long patience(Duration wanted) {
		return switch (this) {
			case TRY_LOCK_FOR_A_TIME, TRY_ACQUIRE_FOR_A_TIME, ACQUIRE_ASYNC -> wanted.toNanos();
			case TRY_LOCK, TRY_ACQUIRE -> Terms.COMMAND_TIMEOUT.toNanos();
			default -> Long.MAX_VALUE;
		};
	}

	private static Taken owned(DistributedLock lock) {
		return new Taken(lock.currentLease().orElseThrow(), lock::unlock);
	}

	private static Taken handle(Lease lease) {
		return new Taken(lease, lease::close);
	}

	private static boolean enterAgain(DistributedLock lock, Taken first) {
		try {
			if (!lock.tryLock()) {
				throw new IllegalStateException("Re-entry was refused: " + first.lease());
			}
		}
		catch (LeaseLostException ex) {
			return false;
		}
		if (lock.currentLease().orElseThrow().fencingToken() != first.lease().fencingToken()) {
			throw new IllegalStateException("Re-entry has changed the token: " + first.lease());
		}
		return true;
	}

}
