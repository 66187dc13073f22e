package io.dlock.core;

/**
 * The monotonic clock that leases are measured with: nanoseconds from an arbitrary
 * origin, compared by difference only. {@link System#nanoTime} outside of tests.
 */
@FunctionalInterface
public interface NanoClock {

	/**
	 * The time.
	 * @return nanoseconds
	 */
	long nanoTime();

}
