package io.dlock.benchmarks;

import java.lang.reflect.InvocationTargetException;

/**
 * The kinds of threads that there are. The module is compiled for a Java that has no
 * virtual ones, hence the reflection.
 */
enum Threads {

	PLATFORM {
		@Override
		Thread start(Runnable work) {
			Thread thread = new Thread(work, "worker");
			thread.start();
			return thread;
		}
	},

	VIRTUAL {
		@Override
		Thread start(Runnable work) {
			try {
				return (Thread) Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, work);
			}
			catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException ex) {
				throw new IllegalStateException("Virtual threads need JDK 21", ex);
			}
		}
	};

	static boolean areVirtualOnesThere() {
		return Runtime.version().feature() >= 21;
	}

	abstract Thread start(Runnable work);

}
