package io.dlock.core;

import org.jspecify.annotations.Nullable;

/**
 * Makes the threads of dlock. They outlive whoever happens to be the first to need one,
 * and have nothing of it: neither its inheritable thread locals, where somebody's
 * security context may be, nor its class loader.
 */
final class Daemons {

	private Daemons() {
	}

	/**
	 * A thread that keeps no JVM from ending.
	 * @param work what it does
	 * @param name its name
	 * @param loader its context class loader: that of whoever opened the registry
	 */
	static Thread thread(Runnable work, String name, @Nullable ClassLoader loader) {
		Thread thread = new Thread(null, work, name, 0, false);
		thread.setDaemon(true);
		thread.setContextClassLoader(loader);
		return thread;
	}

}
