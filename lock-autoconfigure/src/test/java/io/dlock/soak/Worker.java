package io.dlock.soak;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.dlock.LockRegistry;
import io.dlock.LockUnavailableException;
import io.dlock.history.Entry;
import org.jspecify.annotations.Nullable;

/**
 * Takes locks in one way or another, uses them and gives them back, until told to end.
 */
final class Worker implements Runnable {

	private static final List<Way> WAYS = List.of(Way.values());

	private final LockRegistry locks;

	private final Bearings bearings;

	private final Random random;

	private final ScheduledExecutorService interrupter;

	private volatile boolean ending;

	Worker(LockRegistry locks, Bearings bearings, Random random, ScheduledExecutorService interrupter) {
		this.locks = locks;
		this.bearings = bearings;
		this.random = random;
		this.interrupter = interrupter;
	}

	void end() {
		this.ending = true;
	}

	@Override
	public void run() {
		try (ProtectedResource.Client resource = this.bearings.resource()) {
			while (!this.ending) {
				turn();
				LockSupport.parkNanos(this.random.nextInt(10_000_000));
			}
		}
		catch (IOException | RuntimeException ex) {
			strange(ex);
		}
	}

	private void turn() throws IOException {
		int key = this.random.nextInt(Terms.KEYS.size());
		Way way = WAYS.get(this.random.nextInt(WAYS.size()));
		Duration patience = Duration.ofMillis(this.random.nextInt((int) (2 * Terms.TTL.toMillis())));
		Future<?> interrupt = (this.random.nextInt(3) == 0) ? interruptLater() : null;
		long requestedAt = System.nanoTime();
		Taken taken = null;
		Entry.Why why = Entry.Why.HELD;
		try {
			taken = way.take(this.locks.get(Terms.KEYS.get(key)), patience);
			if (way.patience(patience) != Long.MAX_VALUE && way != Way.TRY_LOCK && way != Way.TRY_ACQUIRE) {
				why = Entry.Why.TIMED_OUT;
			}
		}
		catch (InterruptedException ex) {
			why = Entry.Why.INTERRUPTED;
		}
		catch (CancellationException ex) {
			why = Entry.Why.CANCELLED;
		}
		catch (LockUnavailableException ex) {
			why = Entry.Why.UNAVAILABLE;
		}
		catch (Exception ex) {
			strange(ex);
		}
		long endedAt = System.nanoTime();
		if (taken == null) {
			this.bearings.journal()
				.accept(new Entry.Missed(this.bearings.node(), Terms.KEYS.get(key), requestedAt, endedAt,
						way.patience(patience), why));
		}
		else {
			this.bearings.journal()
				.accept(new Entry.Obtained(this.bearings.node(), Terms.KEYS.get(key), taken.lease().fencingToken(),
						requestedAt, endedAt));
			new Tenancy(taken, this.bearings, key, this.random).live(timeToHold());
		}
		forget(interrupt);
	}

	/**
	 * Most are short; some need renewals.
	 */
	private long timeToHold() {
		int kind = this.random.nextInt(100);
		int millis = (kind < 85) ? this.random.nextInt(4)
				: (kind < 98) ? this.random.nextInt(40) : this.random.nextInt((int) (2 * Terms.TTL.toMillis()));
		return TimeUnit.MILLISECONDS.toNanos(millis);
	}

	/**
	 * May come at any time: before, while and after the lock is waited for.
	 */
	private Future<?> interruptLater() {
		Thread worker = Thread.currentThread();
		return this.interrupter.schedule(worker::interrupt, this.random.nextInt(100_000), TimeUnit.MICROSECONDS);
	}

	private static void forget(@Nullable Future<?> interrupt) {
		if (interrupt != null) {
			interrupt.cancel(false);
		}
		Thread.interrupted();
	}

	private void strange(Exception ex) {
		StackTraceElement[] trace = ex.getStackTrace();
		this.bearings.journal()
			.accept(new Entry.Strange(this.bearings.node(), System.nanoTime(),
					ex + ((trace.length > 0) ? " at " + trace[0] : "")));
	}

}
