package io.dlock.core;

import java.util.List;

import io.dlock.LossCause;
import org.jspecify.annotations.Nullable;

/**
 * Keeps all grants of an instance: one timer, many grants a command, each when the
 * {@link RenewalSchedule} says so.
 * <p>
 * A verdict that is unknown neither extends a grant nor ends it: it is asked again until
 * its time has run out.
 */
final class LeaseRenewer {

	private final LockStore store;

	private final NanoClock clock;

	private final Alarm alarm;

	private final Availability availability;

	/** Guarded by this, as is everything below. */
	private final RenewalSchedule schedule;

	/** When it is looked next, if it is. */
	private @Nullable Long wakeAt;

	private Alarm.@Nullable Cancellation wake;

	LeaseRenewer(LockStore store, NanoClock clock, Alarm alarm, Availability availability) {
		this.store = store;
		this.clock = clock;
		this.alarm = alarm;
		this.availability = availability;
		this.schedule = new RenewalSchedule(clock.nanoTime());
	}

	/**
	 * Keeps a grant from now on, unless it is over already.
	 */
	synchronized void keep(Grant grant) {
		if (!grant.isOver()) {
			this.schedule.add(grant, now());
			wakeInTime();
		}
	}

	synchronized void drop(Grant grant) {
		this.schedule.remove(grant);
	}

	/**
	 * Renews everything at once: a connection is there again.
	 */
	synchronized void renewNow() {
		this.schedule.beginAnew(now());
		wakeInTime();
	}

	private void look() {
		RenewalSchedule.Due due = takeDue();
		due.expired()
			.forEach((grant) -> grant.keyLock().lose(grant, LossCause.EXPIRED, "no renewal was confirmed in time"));
		List<Grant> grants = due.batch().grants();
		if (!grants.isEmpty()) {
			renew(due.batch(), grants);
		}
	}

	private synchronized RenewalSchedule.Due takeDue() {
		this.wakeAt = null;
		RenewalSchedule.Due due = this.schedule.take(now());
		wakeInTime();
		return due;
	}

	private void renew(RenewalSchedule.Batch batch, List<Grant> grants) {
		long sentAt = now();
		List<RenewRequest> requests = grants.stream().map(Grant::renewal).toList();
		Releases.sent(() -> this.store.renew(requests)).whenComplete((verdicts, failure) -> {
			if (failure != null) {
				this.availability.failed(Releases.causeOf(failure));
				putBack(batch, sentAt, List.of());
				return;
			}
			report(verdicts);
			for (int i = 0; i < verdicts.size(); i++) {
				judge(grants.get(i), verdicts.get(i), sentAt);
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

	private synchronized void putBack(RenewalSchedule.Batch batch, long sentAt, List<RenewVerdict> verdicts) {
		this.schedule.putBack(batch, sentAt, verdicts, now());
		wakeInTime();
	}

	/** Guarded by this. */
	private void wakeInTime() {
		long now = now();
		Long idle = this.schedule.idleFor(now);
		if (idle != null && (this.wakeAt == null || now + idle - this.wakeAt < 0)) {
			if (this.wake != null) {
				this.wake.cancel();
			}
			this.wakeAt = now + idle;
			this.wake = this.alarm.after(idle, this::look);
		}
	}

	private long now() {
		return this.clock.nanoTime();
	}

}
