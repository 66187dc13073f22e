package io.dlock.core;

import java.util.ArrayList;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a transition of a key lock wants done as soon as its monitor has been left: I/O,
 * waking threads, telling observers.
 */
final class After {

	private static final Logger logger = LoggerFactory.getLogger(After.class);

	private final List<Runnable> steps = new ArrayList<>(4);

	void then(Runnable step) {
		this.steps.add(step);
	}

	void run() {
		this.steps.forEach(After::guarded);
	}

	/**
	 * A step must not fail. One that does must not keep the others from being done: the
	 * state has changed already, and somebody would wait for ever.
	 */
	private static void guarded(Runnable step) {
		try {
			step.run();
		}
		catch (RuntimeException | Error failure) {
			logger.error("A step of dlock failed: please report this", failure);
		}
	}

}
