package io.dlock.redis;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * One step that Redis takes as a whole, and what came of it, which is decided once.
 *
 * @param <T> what it decides
 */
final class LockStep<T> {

	private final LockScript script;

	private final String[] keys;

	private final String[] arguments;

	private final Function<List<Object>, T> reader;

	private final CompletableFuture<T> outcome = new CompletableFuture<>();

	/**
	 * A step that has not been sent.
	 * @param script takes it
	 * @param keys of the script
	 * @param reader of what the script returns
	 * @param arguments of the script
	 */
	LockStep(LockScript script, String[] keys, Function<List<Object>, T> reader, String... arguments) {
		this.script = script;
		this.keys = keys;
		this.reader = reader;
		this.arguments = arguments;
	}

	LockScript script() {
		return this.script;
	}

	String[] keys() {
		return this.keys;
	}

	String[] arguments() {
		return this.arguments;
	}

	CompletableFuture<T> outcome() {
		return this.outcome;
	}

	/** The script has returned this. */
	void answered(List<Object> reply) {
		try {
			this.outcome.complete(this.reader.apply(reply));
		}
		catch (RuntimeException | Error unreadable) {
			this.outcome.completeExceptionally(unreadable);
		}
	}

	/** Nobody knows what the script has done, or it was not sent. */
	void failed(Throwable failure) {
		this.outcome.completeExceptionally(failure);
	}

}
