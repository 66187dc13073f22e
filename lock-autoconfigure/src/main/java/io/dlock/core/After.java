package io.dlock.core;

import java.util.ArrayList;
import java.util.List;

/**
 * What a transition of a key lock wants done as soon as its monitor has been left: I/O,
 * waking threads, telling observers.
 */
final class After {

	private final List<Runnable> steps = new ArrayList<>(4);

	void then(Runnable step) {
		this.steps.add(step);
	}

	void run() {
		for (Runnable step : this.steps) {
			step.run();
		}
	}

}
