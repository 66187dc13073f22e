package io.dlock.redis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Sends the steps of many threads: each at once and alone while few commands are under
 * way, otherwise together, as soon as one of these is answered.
 * <p>
 * Then Redis has enough to do, so that hardly any step comes later than it would have;
 * and a command for many steps costs both sides much less than one for each. (Databases
 * commit in groups for the same reason.) The steps go out in the order in which they
 * came, but for such as two threads send in the same moment, and those that one command
 * takes: these are of a lock each. None waits for long where nothing is answered: after
 * {@value #PATIENCE_MILLIS} ms those that wait are sent all the same, and have the time
 * limit of every command from then on.
 */
final class StepQueue {

	/** So many that a Redis nearby always has the next one to go on with. */
	static final int UNDER_WAY = 4;

	/**
	 * So few that they keep nobody else waiting in Redis for more than a fraction of a
	 * ms.
	 */
	static final int TOGETHER = 32;

	static final int PATIENCE_MILLIS = 10;

	private final Function<LockStep<?>, CompletableFuture<?>> alone;

	private final Function<List<LockStep<?>>, CompletableFuture<?>> together;

	private final Executor patience;

	/** Guarded by this. */
	private final ArrayDeque<LockStep<?>> waiting = new ArrayDeque<>();

	/** How many commands; guarded by this. */
	private int underWay;

	/** How many commands so far; guarded by this. */
	private long answered;

	/** Whether somebody will look for steps that wait too long; guarded by this. */
	private boolean watched;

	StepQueue(StepSender sender) {
		this(sender::alone, sender::together,
				CompletableFuture.delayedExecutor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS, Runnable::run));
	}

	/**
	 * A queue of nothing.
	 * @param alone sends one step
	 * @param together sends some as one command
	 * @param patience runs what it is given after {@value #PATIENCE_MILLIS} ms
	 */
	StepQueue(Function<LockStep<?>, CompletableFuture<?>> alone,
			Function<List<LockStep<?>>, CompletableFuture<?>> together, Executor patience) {
		this.alone = alone;
		this.together = together;
		this.patience = patience;
	}

	/**
	 * Sends a step, now or soon.
	 */
	void send(LockStep<?> step) {
		synchronized (this) {
			this.waiting.add(step);
		}
		sendWaiting(UNDER_WAY);
		watch();
	}

	/**
	 * Sends what waits, as long as fewer commands than that are under way.
	 */
	private void sendWaiting(int limit) {
		for (List<LockStep<?>> steps = take(limit); !steps.isEmpty(); steps = take(limit)) {
			CompletableFuture<?> sent = (steps.size() == 1) ? this.alone.apply(steps.get(0))
					: this.together.apply(steps);
			if (sent.isDone()) { // without a connection, one would fail inside of another
				answered();
			}
			else {
				CompletableFuture<?> unused = sent.whenComplete((reply, failure) -> {
					answered();
					sendWaiting(UNDER_WAY);
				});
			}
		}
	}

	private synchronized List<LockStep<?>> take(int limit) {
		if (this.underWay >= limit || this.waiting.isEmpty()) {
			return List.of();
		}
		this.underWay++;
		if (this.waiting.size() == 1) { // as a rule, where few want something
			return List.of(this.waiting.remove());
		}
		List<LockStep<?>> taken = new ArrayList<>();
		Set<String> locks = new HashSet<>();
		do {
			LockStep<?> step = this.waiting.remove();
			taken.add(step);
			locks.add(step.lock());
		}
		while (taken.get(0).canGoTogether() && taken.size() < TOGETHER && !this.waiting.isEmpty()
				&& this.waiting.element().canGoTogether() && !locks.contains(this.waiting.element().lock()));
		return taken;
	}

	private synchronized void answered() {
		this.underWay--;
		this.answered++;
	}

	private void watch() {
		long answeredBefore;
		synchronized (this) {
			if (this.watched || this.waiting.isEmpty()) {
				return;
			}
			this.watched = true;
			answeredBefore = this.answered;
		}
		this.patience.execute(() -> look(answeredBefore));
	}

	private void look(long answeredBefore) {
		boolean stalled;
		synchronized (this) {
			this.watched = false;
			stalled = this.answered == answeredBefore;
		}
		if (stalled) {
			sendWaiting(Integer.MAX_VALUE);
		}
		watch();
	}

}
