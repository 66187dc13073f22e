package io.dlock.testing;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Virtual threads, called by name, because the tests are compiled for a JDK that has
 * none.
 */
public final class VirtualThreads {

	private VirtualThreads() {
	}

	/** Whether this JDK has them. */
	public static boolean exist() {
		return Runtime.version().feature() >= 21;
	}

	public static Thread start(Runnable work) {
		try {
			MethodHandle start = MethodHandles.publicLookup()
				.findStatic(Thread.class, "startVirtualThread", MethodType.methodType(Thread.class, Runnable.class));
			return (Thread) start.invoke(work);
		}
		catch (Throwable ex) {
			throw new AssertionError(ex);
		}
	}

}
