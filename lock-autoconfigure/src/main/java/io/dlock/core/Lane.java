package io.dlock.core;

import java.util.ArrayDeque;
import java.util.Queue;

import org.jspecify.annotations.Nullable;

/**
 * Runs tasks one after the other, in the order in which they were given, on the threads
 * of the callbacks.
 */
final class Lane {

	private final Callbacks callbacks;

	/** Guarded by this. */
	private final Queue<Runnable> tasks = new ArrayDeque<>();

	/** Guarded by this. */
	private boolean busy;

	Lane(Callbacks callbacks) {
		this.callbacks = callbacks;
	}

	void run(Runnable task) {
		synchronized (this) {
			this.tasks.add(task);
			if (this.busy) {
				return;
			}
			this.busy = true;
		}
		this.callbacks.run(this::drain);
	}

	private void drain() {
		Runnable task = next();
		while (task != null) {
			Callbacks.quietly(task);
			task = next();
		}
	}

	private synchronized @Nullable Runnable next() {
		Runnable task = this.tasks.poll();
		this.busy = task != null;
		return task;
	}

}
