package io.dlock.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

/**
 * When each grant of an instance is looked at next. Then it is due for renewal; or, when
 * its validity is over, it has expired, whatever is still under way.
 * <p>
 * Where there are many grants, they are due earlier than they must be, at an even pace,
 * so that a thousand locks taken in one moment are not renewed in one moment for ever.
 * <p>
 * Guarded by its renewer. All times are those of its clock.
 */
final class RenewalSchedule {

	/** How many grants a store renews in one command. */
	private static final int BATCH = LockStore.RENEWALS_PER_COMMAND;

	/**
	 * How often it is worth waking up, and waking the store, where that is for full
	 * batches anyway.
	 */
	private static final long STEP = 25_000_000;

	private static final long NEVER = Long.MAX_VALUE;

	private final long origin;

	/** Those that are not being renewed now, by the time when they are looked at. */
	private final TreeSet<Kept> queue = new TreeSet<>();

	/** What has been taken and not put back. */
	private final List<Batch> underWay = new ArrayList<>();

	private final Map<Grant, Kept> kept = new HashMap<>();

	/** Renewals in a nanosecond that keep everything alive, were they spread evenly. */
	private double pace;

	private long lastTakenAt;

	private long sequence;

	/**
	 * An empty schedule.
	 * @param origin a time before all others
	 */
	RenewalSchedule(long origin) {
		this.origin = origin;
	}

	void add(Grant grant, long now) {
		Kept added = new Kept(grant, this.sequence++);
		added.baseAt = at(now);
		added.lookAt = at(grant.firstRenewalAt());
		this.kept.put(grant, added);
		this.queue.add(added);
		this.pace += added.pace();
	}

	void remove(Grant grant) {
		Kept removed = this.kept.remove(grant);
		if (removed != null) {
			removed.isRemoved = true;
			this.queue.remove(removed);
			this.pace = this.kept.isEmpty() ? 0 : this.pace - removed.pace();
		}
	}

	/**
	 * Everything is due at once. What is under way has nothing to say on that any more.
	 */
	void beginAnew(long now) {
		this.underWay.clear();
		this.queue.clear();
		for (Kept each : this.kept.values()) {
			each.lookAt = at(now);
			this.queue.add(each);
		}
	}

	/**
	 * Takes what is to be done now: the grants that are due, and those that have expired.
	 */
	Due take(long now) {
		long lookedAt = at(now);
		List<Grant> expired = new ArrayList<>(0);
		this.underWay.forEach((each) -> each.collectExpired(lookedAt, expired));
		List<Kept> due = new ArrayList<>();
		boolean dueByPace = isPaced() && lookedAt - this.lastTakenAt >= stepInterval();
		int early = dueByPace ? step() : 0;
		while (!this.queue.isEmpty()) {
			Kept first = this.queue.first();
			boolean room = due.size() < early || due.size() % BATCH != 0;
			if (first.lookAt > lookedAt && !(room && first.earliest() <= lookedAt)) {
				break;
			}
			this.queue.pollFirst();
			if (first.hasExpired(lookedAt)) {
				expired.add(first.grant);
			}
			else {
				due.add(first);
			}
		}
		Batch batch = new Batch(due);
		if (!due.isEmpty()) {
			this.lastTakenAt = lookedAt;
			this.underWay.add(batch);
		}
		return new Due(expired, batch);
	}

	/**
	 * What is still kept of a batch is looked at again: when its interval is over, or
	 * soon where nobody knows what has become of it.
	 * @param batch what has been taken
	 * @param sentAt when its renewal was sent
	 * @param verdicts what the store says of each grant; none if it says nothing
	 * @param now the time
	 */
	void putBack(Batch batch, long sentAt, List<RenewVerdict> verdicts, long now) {
		if (!this.underWay.remove(batch)) {
			return;
		}
		for (int i = 0; i < batch.members.size(); i++) {
			Kept each = batch.members.get(i);
			if (!each.isRemoved) {
				boolean renewed = !verdicts.isEmpty() && verdicts.get(i) instanceof RenewVerdict.Renewed;
				if (renewed) {
					each.baseAt = at(sentAt);
				}
				long wanted = renewed ? each.baseAt + each.interval() : at(now) + each.retryDelay();
				each.lookAt = Math.min(wanted, each.validUntil());
				this.queue.add(each);
			}
		}
	}

	/**
	 * For how long there is nothing to be done.
	 * @return nanoseconds, not more than zero if there is, or null if there will be
	 * nothing
	 */
	@Nullable Long idleFor(long now) {
		long wanted = NEVER;
		for (Batch each : this.underWay) {
			wanted = Math.min(wanted, each.lookAt);
		}
		if (!this.queue.isEmpty()) {
			Kept first = this.queue.first();
			wanted = Math.min(wanted, first.lookAt);
			if (isPaced()) {
				wanted = Math.min(wanted, Math.max(first.earliest(), this.lastTakenAt + stepInterval()));
			}
		}
		return (wanted != NEVER) ? wanted - at(now) : null;
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

	/** Times on this axis can be compared by their values. */
	private long at(long nanoTime) {
		return nanoTime - this.origin;
	}

	/**
	 * What is to be done.
	 *
	 * @param expired the grants whose time is over
	 * @param batch the grants to renew; perhaps none
	 */
	record Due(List<Grant> expired, Batch batch) {
	}

	/**
	 * Grants that are renewed together, in an order that stays.
	 */
	static final class Batch {

		private final List<Kept> members;

		/** When the first of them runs out. */
		private long lookAt;

		private Batch(List<Kept> members) {
			this.members = members;
			this.lookAt = NEVER;
			for (Kept each : members) {
				this.lookAt = Math.min(this.lookAt, each.validUntil());
			}
		}

		List<Grant> grants() {
			return this.members.stream().map((each) -> each.grant).toList();
		}

		private void collectExpired(long now, List<Grant> expired) {
			if (this.lookAt > now) {
				return;
			}
			this.lookAt = NEVER;
			for (Kept each : this.members) {
				if (!each.isRemoved && each.hasExpired(now)) {
					expired.add(each.grant);
				}
				else if (!each.isRemoved) {
					this.lookAt = Math.min(this.lookAt, each.validUntil());
				}
			}
		}

	}

	/**
	 * A grant in the schedule.
	 */
	private final class Kept implements Comparable<Kept> {

		private final Grant grant;

		private final long sequence;

		private long baseAt;

		private long lookAt;

		private boolean isRemoved;

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
