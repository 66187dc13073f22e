package io.dlock.job;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

import io.dlock.DistributedLock;
import io.dlock.Lease;
import io.dlock.core.LeasingLockRegistry;
import io.dlock.core.Tick;
import org.jspecify.annotations.Nullable;

/**
 * The lock of a job in mode {@link JobMode#LEADER} in one instance: kept from run to run,
 * once it was obtained, until it is lost or the registry gives it up.
 */
final class LeaderSeat {

	private final AtomicBoolean busy = new AtomicBoolean();

	/** Only whoever made the seat busy writes it. */
	private volatile @Nullable Lease lease;

	private volatile @Nullable JobRun run;

	/**
	 * Begins a run, if this instance leads, or can begin to.
	 * @param job what is called
	 * @param lock its lock
	 * @param registry where the lease is from, or null where that knows no ticks
	 * @param tick for which tick it is called, or null for none
	 * @return the run, or empty when the call is to be skipped
	 */
	Optional<JobRun> begin(JobMethod job, DistributedLock lock, @Nullable LeasingLockRegistry registry,
			@Nullable Tick tick) throws InterruptedException {
		if (!this.busy.compareAndSet(false, true)) {
			// It runs here: the lock is held, and says so to whoever listens.
			return job.acquire(lock).map((late) -> JobRun.under(job, late));
		}
		JobRun begun = null;
		try {
			Optional<Lease> lead = lead(job, lock, registry, tick);
			if (lead.isPresent()) {
				begun = begin(job, lead.get(), registry);
			}
			return Optional.ofNullable(begun);
		}
		finally {
			if (begun == null) {
				this.busy.set(false);
			}
		}
	}

	private Optional<Lease> lead(JobMethod job, DistributedLock lock, @Nullable LeasingLockRegistry registry,
			@Nullable Tick tick) throws InterruptedException {
		Lease kept = this.lease;
		if (kept != null && kept.isValid()) {
			boolean mine = tick == null || registry == null || registry.claim(kept, tick);
			return mine ? Optional.of(kept) : Optional.empty();
		}
		Optional<Lease> won = job.acquire(lock);
		this.lease = won.orElse(null);
		if (job.settings().onLoss() == OnLoss.INTERRUPT) {
			won.ifPresent((lead) -> lead.onLost((cause) -> stopRun()));
		}
		return won;
	}

	private JobRun begin(JobMethod job, Lease lead, @Nullable LeasingLockRegistry registry) {
		JobRun begun = JobRun.within(job, lead, () -> end(lead, registry));
		this.run = begun;
		if (registry != null && job.settings().atMost() != null) {
			registry.limit(lead, job.settings().atMost());
		}
		if (!lead.isValid() && job.settings().onLoss() == OnLoss.INTERRUPT) {
			begun.stop(); // It was lost before anybody could have told the run.
		}
		return begun;
	}

	private void stopRun() {
		JobRun current = this.run;
		if (current != null) {
			current.stop();
		}
	}

	private void end(Lease lead, @Nullable LeasingLockRegistry registry) {
		if (registry != null) {
			registry.limit(lead, null);
		}
		this.run = null;
		this.busy.set(false);
	}

}
