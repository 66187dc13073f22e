package io.dlock.redis;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.UnaryOperator;

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

	/** The grant that it is about, in the words of the scripts. */
	String grant() {
		return this.arguments[0];
	}

	/** The key of the lock that it is about. */
	String lock() {
		return this.keys[LockKeys.LOCK];
	}

	/** Whether {@code together.lua} knows how to take it. */
	boolean canGoTogether() {
		return this.script == LockScript.RELEASE
				|| (this.script == LockScript.ACQUIRE && AcquireCommand.isPlain(this.arguments));
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

	/**
	 * Is decided by what the script returns.
	 * @param explanation says what a failure means
	 * @return completes when it is decided
	 */
	CompletableFuture<?> decideBy(CompletableFuture<List<Object>> returned, UnaryOperator<Throwable> explanation) {
		return returned.whenComplete((reply, failure) -> {
			if (failure == null) {
				answered(reply);
			}
			else {
				failed(failure, explanation);
			}
		});
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

	/**
	 * Nobody knows what the script has done, or it was not sent.
	 * @param explanation says what the failure means
	 */
	void failed(Throwable failure, UnaryOperator<Throwable> explanation) {
		try {
			this.outcome.completeExceptionally(explanation.apply(Answers.unwrap(failure)));
		}
		catch (RuntimeException | Error unexplained) {
			this.outcome.completeExceptionally(unexplained);
		}
	}

}
