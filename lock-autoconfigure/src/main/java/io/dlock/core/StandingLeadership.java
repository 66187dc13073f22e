package io.dlock.core;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import io.dlock.FailureCause;
import io.dlock.Leadership;
import io.dlock.Lease;
import org.jspecify.annotations.Nullable;

/**
 * A leadership: goes into the line of its key again after each term, once the end of that
 * has been told: whoever starts and stops its work with the events has stopped then. What
 * happens in it is told in order, on dlock's own threads.
 */
final class StandingLeadership implements Leadership {

	private final Wanted wanted;

	private final Instance instance;

	private final Consumer<Candidate> enter;

	private final Consumer<StandingLeadership> closing;

	private final Lane lane;

	/** Guarded by this. */
	private @Nullable Round round;

	/** Guarded by this. */
	private boolean closed;

	/** The lease of the current term. Written under this. */
	private volatile @Nullable HeldLease lease;

	/**
	 * A leadership that does not contend yet.
	 * @param wanted what is wanted
	 * @param instance where
	 * @param enter puts a candidate in the line of its key
	 * @param closing is told when this closes
	 */
	StandingLeadership(Wanted wanted, Instance instance, Consumer<Candidate> enter,
			Consumer<StandingLeadership> closing) {
		this.wanted = wanted;
		this.instance = instance;
		this.enter = enter;
		this.closing = closing;
		this.lane = new Lane(instance.callbacks());
	}

	@Override
	public String key() {
		return this.wanted.key();
	}

	@Override
	public boolean isLeader() {
		HeldLease current = this.lease;
		return current != null && current.isValid();
	}

	@Override
	public Optional<Lease> lease() {
		HeldLease current = this.lease;
		return (current != null && current.isValid()) ? Optional.of(current) : Optional.empty();
	}

	@Override
	public void close() {
		Round left;
		HeldLease held;
		synchronized (this) {
			this.closed = true;
			left = this.round;
			held = this.lease;
		}
		this.closing.accept(this);
		if (left != null) {
			left.withdraw(FailureCause.INTERRUPTED);
		}
		if (held != null) {
			held.close();
		}
	}

	/**
	 * Begins a round: goes into the line.
	 */
	void contend() {
		Round next = new Round();
		synchronized (this) {
			if (this.closed) {
				return;
			}
			this.round = next;
			this.lease = null;
		}
		this.enter.accept(next);
		if (isClosed()) {
			next.withdraw(FailureCause.INTERRUPTED);
		}
	}

	synchronized boolean isClosed() {
		return this.closed;
	}

	/**
	 * A term begins, unless the leadership was closed meanwhile.
	 */
	private void won(HeldLease won) {
		boolean wanted;
		synchronized (this) {
			wanted = !this.closed;
			if (wanted) {
				this.lease = won;
			}
		}
		this.lane.run(won.story()::tellAcquired);
		if (wanted) {
			won.story().whenOver(this::contend);
		}
		else {
			won.letGo();
		}
	}

	/**
	 * One round of contention, from the wish for the lock to the lease.
	 */
	private final class Round extends Candidate {

		private final AtomicBoolean over = new AtomicBoolean();

		Round() {
			super(StandingLeadership.this.wanted, Patience.ENDLESS, StandingLeadership.this.instance.now());
		}

		@Override
		void news() {
			StandingLeadership.this.lane.run(this::tellListening);
			if (outcome() instanceof Outcome.Served served && this.over.compareAndSet(false, true)) {
				won(served.lease());
			}
		}

		private void tellListening() {
			Listening told = takeListening();
			if (told != null) {
				Narrator narrator = StandingLeadership.this.instance.narrator();
				narrator.failed(key(), kind(), Outcome.Failed.held(told.holder()));
				narrator.listening(key(), kind(), told.holder(), told.position());
			}
		}

	}

}
