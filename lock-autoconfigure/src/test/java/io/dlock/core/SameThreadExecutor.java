package io.dlock.core;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Runs everything at once, on the thread that asks for it.
 */
final class SameThreadExecutor extends AbstractExecutorService {

	private boolean exhausted;

	@Override
	public void execute(Runnable task) {
		if (this.exhausted) {
			this.exhausted = false;
			throw new OutOfMemoryError("unable to create native thread");
		}
		task.run();
	}

	/**
	 * The next task finds no thread.
	 */
	void hasNoThreadLeft() {
		this.exhausted = true;
	}

	@Override
	public void shutdown() {
	}

	@Override
	public List<Runnable> shutdownNow() {
		return List.of();
	}

	@Override
	public boolean isShutdown() {
		return false;
	}

	@Override
	public boolean isTerminated() {
		return true;
	}

	@Override
	public boolean awaitTermination(long timeout, TimeUnit unit) {
		return true;
	}

}
