package io.dlock.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * What a native image needs of the locks in Redis: without their scripts it would start,
 * and fail at its first lock.
 */
class RedisHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.resources().registerPattern("io/dlock/redis/*.lua");
		// Netty asks each handler by reflection which of its methods to call.
		hints.reflection().registerType(SilenceWatch.class);
	}

}
