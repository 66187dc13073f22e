package io.dlock.job;

import java.lang.reflect.Method;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;

import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * What a call that is skipped returns.
 */
enum SkippedResult {

	NOTHING {

		@Override
		@Nullable Object value() {
			return null;
		}

	},

	EMPTY_OPTIONAL {

		@Override
		Object value() {
			return Optional.empty();
		}

	},

	COMPLETED_STAGE {

		@Override
		@SuppressWarnings("FutureReturnValueIgnored") // It is what the caller expects.
		Object value() {
			return CompletableFuture.completedFuture(null);
		}

	},

	/** What a {@code Mono} that is skipped yields is up to {@link MonoJob}. */
	EMPTY_MONO {

		@Override
		@Nullable Object value() {
			throw new IllegalStateException("Skipped when it is subscribed to");
		}

	};

	private static final String MONO = "reactor.core.publisher.Mono";

	abstract @Nullable Object value();

	/**
	 * Decides by the return type of a method.
	 * @param method the method that may be skipped
	 * @return what to return in its place
	 * @throws IllegalStateException when there is nothing that could be returned
	 */
	static SkippedResult of(Method method) {
		Class<?> type = method.getReturnType();
		if (type == Optional.class) {
			return EMPTY_OPTIONAL;
		}
		if (type.getName().equals(MONO)) {
			return EMPTY_MONO;
		}
		if (Future.class.isAssignableFrom(type) && !CompletionStage.class.isAssignableFrom(type)) {
			throw new IllegalStateException(
					"it returns %s, whose end nobody is told of: return CompletionStage".formatted(type.getName()));
		}
		if (CompletionStage.class.isAssignableFrom(type)) {
			if (!type.isAssignableFrom(CompletableFuture.class)) {
				throw new IllegalStateException(
						"it returns %s, of which a skipped call has none: return CompletableFuture"
							.formatted(type.getName()));
			}
			return COMPLETED_STAGE;
		}
		if (type.isPrimitive() && type != void.class) {
			throw new IllegalStateException(
					"it returns %s, and a skipped call has no value: return void, %s, Optional or CompletionStage"
						.formatted(type.getName(), ClassUtils.resolvePrimitiveIfNecessary(type).getSimpleName()));
		}
		return NOTHING;
	}

}
