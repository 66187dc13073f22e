package io.dlock.core;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

import io.dlock.KeyText;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds handles that have become garbage without being closed, and releases their leases,
 * which nobody could release any more. With its logger at DEBUG it records where handles
 * are taken.
 */
final class AbandonedLeases {

	private static final Logger logger = LoggerFactory.getLogger(AbandonedLeases.class);

	/** How often to look: 1 s. */
	private static final long INTERVAL = 1_000_000_000;

	private final ReferenceQueue<LeaseHandle> garbage = new ReferenceQueue<>();

	private final Map<HeldLease, Watched> watched = new ConcurrentHashMap<>();

	private final AtomicBoolean looking = new AtomicBoolean();

	private final Alarm alarm;

	AbandonedLeases(Alarm alarm) {
		this.alarm = alarm;
	}

	void watch(LeaseHandle handle, HeldLease lease) {
		Throwable taken = logger.isDebugEnabled() ? new Throwable("The handle was taken here") : null;
		this.watched.put(lease, new Watched(handle, this.garbage, lease, taken));
		lookLater();
	}

	void forget(HeldLease lease) {
		Watched closed = this.watched.remove(lease);
		if (closed != null) {
			closed.clear();
		}
	}

	private void lookLater() {
		if (!this.watched.isEmpty() && this.looking.compareAndSet(false, true)) {
			this.alarm.after(INTERVAL, this::look);
		}
	}

	private void look() {
		this.looking.set(false);
		Reference<? extends LeaseHandle> found = this.garbage.poll();
		while (found != null) {
			if (found instanceof Watched abandoned && this.watched.remove(abandoned.lease, abandoned)) {
				release(abandoned);
			}
			found = this.garbage.poll();
		}
		lookLater();
	}

	private void release(Watched abandoned) {
		HeldLease lease = abandoned.lease;
		if (lease.isEnded()) {
			return;
		}
		logger.warn(
				"A lease of lock {} (token {}) was never closed and nobody can close it any more: released."
						+ " Close leases in a try statement{}",
				KeyText.quoted(lease.key()), lease.fencingToken(),
				(abandoned.taken != null) ? "" : "; set this logger to DEBUG to see where it was taken",
				abandoned.taken);
		lease.letGo();
	}

	private static final class Watched extends PhantomReference<LeaseHandle> {

		private final HeldLease lease;

		private final @Nullable Throwable taken;

		Watched(LeaseHandle handle, ReferenceQueue<LeaseHandle> garbage, HeldLease lease, @Nullable Throwable taken) {
			super(handle, garbage);
			this.lease = lease;
			this.taken = taken;
		}

	}

}
