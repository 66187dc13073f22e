package io.dlock.job;

import java.lang.reflect.Method;

import org.jspecify.annotations.Nullable;

/**
 * A method with {@link SingletonJob}, understood.
 *
 * @param method the method
 * @param key how its calls name their lock
 * @param skipped what a skipped call returns
 */
record JobMethod(Method method, JobKey key, SkippedResult skipped) {

	String keyOf(@Nullable Object[] arguments) {
		return this.key.of(arguments);
	}

	String name() {
		return nameOf(this.method);
	}

	static String nameOf(Method method) {
		return method.getDeclaringClass().getName() + "." + method.getName();
	}

}
