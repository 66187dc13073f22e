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
	private static final int BATCH = 100;

	private static final long NEVER = Long.MAX_VALUE;

	private final LockStore store;

	private final NanoClock clock;

	private final Alarm alarm;

	private final Availability availability;

	private final long origin;

	/** Guarded by this, as is everything below. By the time when they are looked at. */
	private final TreeSet<Kept> queue = new TreeSet<>();

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
			this.queue.remove(dropped);
			this.pace = this.kept.isEmpty() ? 0 : this.pace - dropped.pace();
		}
	}

	/**
	 * Renews everything at once: a connection is there again.
	 */
	synchronized void renewNow() {
		this.queue.clear();
		for (Kept each : this.kept.values()) {
			each.underWay = false;
			each.lookAt = now();
			this.queue.add(each);
		}
		wakeInTime();
	}

	private void look() {
		List<Kept> expired = new ArrayList<>(0);
		List<Kept> batch = new ArrayList<>();
		synchronized (this) {
			this.wakeAt = NEVER;
			collect(expired, batch);
			for (Kept each : batch) {
				each.underWay = true;
				each.lookAt = at(each.grant.validUntil());
				this.queue.add(each);
			}
			wakeInTime();
		}
		expired.forEach(
				(each) -> each.grant.keyLock().lose(each.grant, LossCause.EXPIRED, "no renewal was confirmed in time"));
		if (!batch.isEmpty()) {
			renew(batch);
		}
	}

	/** Guarded by this. */
	private void collect(List<Kept> expired, List<Kept> batch) {
		long now = now();
		boolean dueByPace = isPaced() && now - this.lastBatchAt >= batchInterval();
		while (!this.queue.isEmpty()) {
			Kept first = this.queue.first();
			boolean due = first.lookAt <= now;
			boolean room = (dueByPace && batch.isEmpty()) || batch.size() % BATCH != 0;
			boolean early = room && first.mayBeEarly(now);
			if (!due && !early) {
				break;
			}
			this.queue.pollFirst();
			(first.grant.hasExpired(this.clock.nanoTime()) ? expired : batch).add(first);
		}
		if (!batch.isEmpty()) {
			this.lastBatchAt = now;
		}
	}

	private void renew(List<Kept> batch) {
		long sentAt = this.clock.nanoTime();
		List<RenewRequest> requests = batch.stream().map((each) -> each.grant.renewal()).toList();
		Releases.sent(() -> this.store.renew(requests)).whenComplete((verdicts, failure) -> {
			if (failure != null) {
				this.availability.failed(Releases.causeOf(failure));
				batch.forEach(this::unknown);
				return;
			}
			report(verdicts);
			for (int i = 0; i < batch.size(); i++) {
				judge(batch.get(i), verdicts.get(i), sentAt);
			}
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

	private void judge(Kept renewed, RenewVerdict verdict, long sentAt) {
		KeyLock keyLock = renewed.grant.keyLock();
		if (verdict instanceof RenewVerdict.Renewed) {
			keyLock.renewed(renewed.grant, sentAt);
			again(renewed, at(sentAt), at(sentAt) + renewed.interval());
		}
		else if (verdict instanceof RenewVerdict.Lost lost) {
			keyLock.lose(renewed.grant, lost.cause(), lost.detail());
		}
		else {
			unknown(renewed);
		}
	}

	private void unknown(Kept renewed) {
		again(renewed, renewed.baseAt, now() + renewed.retryDelay());
	}

	private synchronized void again(Kept renewed, long baseAt, long lookAt) {
		if (this.kept.get(renewed.grant) == renewed) {
			this.queue.remove(renewed);
			renewed.underWay = false;
			renewed.baseAt = baseAt;
			renewed.lookAt = Math.min(lookAt, at(renewed.grant.validUntil()));
			this.queue.add(renewed);
			wakeInTime();
		}
	}

	/** Guarded by this. */
	private void wakeInTime() {
		if (this.queue.isEmpty()) {
			return;
		}
		Kept first = this.queue.first();
		long wanted = first.lookAt;
		if (isPaced() && !first.underWay) {
			wanted = Math.min(wanted, Math.max(first.earliest(), this.lastBatchAt + batchInterval()));
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

	private long batchInterval() {
		return (long) (BATCH / this.pace);
	}

	private long now() {
		return at(this.clock.nanoTime());
	}

	/** Times on this axis can be compared by their values. */
	private long at(long nanoTime) {
		return nanoTime - this.origin;
	}

	/**
	 * A grant that is kept. Guarded by the renewer.
	 */
	private static final class Kept implements Comparable<Kept> {

		private final Grant grant;

		private final long sequence;

		private long baseAt;

		private long lookAt;

		private boolean underWay;

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

		private boolean mayBeEarly(long now) {
			return !this.underWay && earliest() <= now;
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
