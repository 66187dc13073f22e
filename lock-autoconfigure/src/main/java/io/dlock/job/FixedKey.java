package io.dlock.job;

import org.jspecify.annotations.Nullable;

/**
 * A key that is the same for every call.
 *
 * @param name the lock's name
 */
record FixedKey(String name) implements JobKey {

	@Override
	public String of(@Nullable Object[] arguments) {
		return this.name;
	}

}
