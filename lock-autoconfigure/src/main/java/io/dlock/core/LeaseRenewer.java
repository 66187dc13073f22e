package io.dlock.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

import io.dlock.LossCause;
import org.jspecify.annotations.Nullable;

/**
 * Keeps all grants of an instance: one timer, many grants a command, evenly spread.
 * <p>
 * Each grant has a time when it is looked at next. Then it is renewed; or, when its
 * validity is over, it is lost, whatever is still under way. A verdict that is unknown
 * neither extends a grant nor ends it: it is asked again until its time has run out.
 * Where there are many grants, they are renewed earlier than they must, at an even pace,
 * so that a thousand locks taken in one moment are not renewed in one moment for ever.
 */
final class LeaseRenewer {

	/** How many grants a store renews in one command. */
	private static final int BATCH = LockStore.RENEWALS_PER_COMMAND;

	/**
	 * How often it is worth waking up, and waking the store, where that is for full
	 * batches anyway.
	 */
	private static final long STEP = 25_000_000;

	private static final long NEVER = Long.MAX_VALUE;

	private final LockStore store;

	private final NanoClock clock;

	private final Alarm alarm;

	private final Availability availability;

	private final long origin;

	/**
	 * Those that are not being renewed now, by the time when they are looked at. Guarded
	 * by this, as is everything below.
	 */
	private final TreeSet<Kept> queue = new TreeSet<>();

	/** What has been sent and is not answered. */
	private final List<Batch> underWay = new ArrayList<>();

	private final Map<Grant, Kept> kept = new HashMap<>();

	/** Renewals in a nanosecond that keep everything alive, were they spread evenly. */
	private double pace;

	private long lastBatchAt;

	private long sequence;

	private long wakeAt = NEVER;

	private Alarm.@Nullable Cancellation wake;

	LeaseRenewer(LockStore store, NanoClock clock, Alarm alarm, Availability availability) {
		this.store = store;
		this.clock = clock;
		this.alarm = alarm;
		this.availability = availability;
		this.origin = clock.nanoTime();
	}

	/**
	 * Keeps a grant from now on, unless it is over already.
	 */
	synchronized void keep(Grant grant) {
		if (!grant.isOver()) {
			Kept added = new Kept(grant, this.sequence++);
			added.baseAt = now();
			added.lookAt = at(grant.firstRenewalAt());
			this.kept.put(grant, added);
			this.queue.add(added);
			this.pace += added.pace();
			wakeInTime();
		}
	}

	synchronized void drop(Grant grant) {
		Kept dropped = this.kept.remove(grant);
		if (dropped != null) {
			dropped.dropped = true;
			this.queue.remove(dropped);
			this.pace = this.kept.isEmpty() ? 0 : this.pace - dropped.pace();
		}
	}

	/**
	 * Renews everything at once: a connection is there again.
	 */
	synchronized void renewNow() {
		this.underWay.clear();
		this.queue.clear();
		for (Kept each : this.kept.values()) {
			each.lookAt = now();
			this.queue.add(each);
		}
		wakeInTime();
	}

	private void look() {
		List<Kept> expired = new ArrayList<>(0);
		List<Kept> due = new ArrayList<>();
		Batch batch = new Batch(due);
		synchronized (this) {
			this.wakeAt = NEVER;
			long now = now();
			this.underWay.forEach((each) -> each.collectExpired(now, expired));
			collect(now, expired, due);
			if (!due.isEmpty()) {
				this.lastBatchAt = now;
				this.underWay.add(batch);
				batch.lookAtExpiry();
			}
			wakeInTime();
		}
		expired.forEach(
				(each) -> each.grant.keyLock().lose(each.grant, LossCause.EXPIRED, "no renewal was confirmed in time"));
		if (!due.isEmpty()) {
			renew(batch);
		}
	}

	/** Guarded by this. */
	private void collect(long now, List<Kept> expired, List<Kept> due) {
		boolean dueByPace = isPaced() && now - this.lastBatchAt >= stepInterval();
		int early = dueByPace ? step() : 0;
		while (!this.queue.isEmpty()) {
			Kept first = this.queue.first();
			boolean room = due.size() < early || due.size() % BATCH != 0;
			if (first.lookAt > now && !(room && first.earliest() <= now)) {
				break;
			}
			this.queue.pollFirst();
			(first.hasExpired(now) ? expired : due).add(first);
		}
	}

	private void renew(Batch batch) {
		long sentAt = this.clock.nanoTime();
		List<RenewRequest> requests = batch.grants.stream().map((each) -> each.grant.renewal()).toList();
		Releases.sent(() -> this.store.renew(requests)).whenComplete((verdicts, failure) -> {
			if (failure != null) {
				this.availability.failed(Releases.causeOf(failure));
				putBack(batch, sentAt, null);
				return;
			}
			report(verdicts);
			for (int i = 0; i < verdicts.size(); i++) {
				judge(batch.grants.get(i).grant, verdicts.get(i), sentAt);
			}
			putBack(batch, sentAt, verdicts);
		});
	}

	/**
	 * A store that knows nothing of any grant does not answer.
	 */
	private void report(List<RenewVerdict> verdicts) {
		if (verdicts.get(0) instanceof RenewVerdict.Unknown unknown
				&& verdicts.stream().allMatch(RenewVerdict.Unknown.class::isInstance)) {
			this.availability.failed(new IllegalStateException(unknown.reason()));
		}
		else {
			this.availability.answered();
		}
	}

	private static void judge(Grant grant, RenewVerdict verdict, long sentAt) {
		if (verdict instanceof RenewVerdict.Renewed) {
			grant.keyLock().renewed(grant, sentAt);
		}
		else if (verdict instanceof RenewVerdict.Lost lost) {
			grant.keyLock().lose(grant, lost.cause(), lost.detail());
		}
	}

	/**
	 * What is still kept is looked at again: when its interval is over, or soon where
	 * nobody knows what has become of it. If everything has been begun anew meanwhile,
	 * the batch has nothing to say on that.
	 * @param verdicts null if there are none
	 */
	private synchronized void putBack(Batch batch, long sentAt, @Nullable List<RenewVerdict> verdicts) {
		if (!this.underWay.remove(batch)) {
			return;
		}
		long now = now();
		for (int i = 0; i < batch.grants.size(); i++) {
			Kept each = batch.grants.get(i);
			if (!each.dropped) {
				if (verdicts != null && verdicts.get(i) instanceof RenewVerdict.Renewed) {
					each.baseAt = at(sentAt);
					each.lookAt = each.baseAt + each.interval();
				}
				else {
					each.lookAt = now + each.retryDelay();
				}
				each.lookAt = Math.min(each.lookAt, each.validUntil());
				this.queue.add(each);
			}
		}
		wakeInTime();
	}

	/** Guarded by this. */
	private void wakeInTime() {
		long wanted = NEVER;
		for (Batch each : this.underWay) {
			wanted = Math.min(wanted, each.lookAt);
		}
		if (!this.queue.isEmpty()) {
			Kept first = this.queue.first();
			wanted = Math.min(wanted, first.lookAt);
			if (isPaced()) {
				wanted = Math.min(wanted, Math.max(first.earliest(), this.lastBatchAt + stepInterval()));
			}
		}
		if (wanted < this.wakeAt) {
			if (this.wake != null) {
				this.wake.cancel();
			}
			this.wakeAt = wanted;
			this.wake = this.alarm.after(wanted - now(), this::look);
		}
	}

	private boolean isPaced() {
		return this.kept.size() >= BATCH;
	}

	/** How many grants are renewed at a time, where that is done at a pace. */
	private int step() {
		return BATCH * (int) Math.max(1, Math.ceil(this.pace * STEP / BATCH));
	}

	private long stepInterval() {
		return (long) (step() / this.pace);
	}

	private long now() {
		return at(this.clock.nanoTime());
	}

	/** Times on this axis can be compared by their values. */
	private long at(long nanoTime) {
		return nanoTime - this.origin;
	}

	/**
	 * Grants that are renewed together. Guarded by the renewer.
	 */
	private static final class Batch {

		private final List<Kept> grants;

		/** When the first of them runs out. */
		private long lookAt;

		Batch(List<Kept> grants) {
			this.grants = grants;
		}

		void collectExpired(long now, List<Kept> expired) {
			if (this.lookAt > now) {
				return;
			}
			this.lookAt = NEVER;
			for (Kept each : this.grants) {
				if (each.dropped) {
					continue;
				}
				if (each.hasExpired(now)) {
					expired.add(each);
				}
				else {
					this.lookAt = Math.min(this.lookAt, each.validUntil());
				}
			}
		}

		void lookAtExpiry() {
			this.lookAt = this.grants.stream().mapToLong(Kept::validUntil).min().orElse(NEVER);
		}

	}

	/**
	 * A grant that is kept. Guarded by the renewer.
	 */
	private final class Kept implements Comparable<Kept> {

		private final Grant grant;

		private final long sequence;

		private long baseAt;

		private long lookAt;

		private boolean dropped;

		Kept(Grant grant, long sequence) {
			this.grant = grant;
			this.sequence = sequence;
		}

		private long interval() {
			return this.grant.terms().renewInterval().toNanos();
		}

		private double pace() {
			return 1.0 / interval();
		}

		/** Short-lived locks are not renewed at all. */
		private long earliest() {
			return this.baseAt + interval() / 4;
		}

		private long validUntil() {
			return at(this.grant.validUntil());
		}

		private boolean hasExpired(long now) {
			return now >= validUntil();
		}

		private long retryDelay() {
			return Math.max(10_000_000, Math.min(250_000_000, this.grant.terms().ttlNanos() / 20));
		}

		@Override
		public int compareTo(Kept other) {
			int byTime = Long.compare(this.lookAt, other.lookAt);
			return (byTime != 0) ? byTime : Long.compare(this.sequence, other.sequence);
		}

	}

}
