package io.dlock.redis;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.dlock.core.NotSentException;
import io.lettuce.core.RedisBusyException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisLoadingException;
import io.lettuce.core.RedisReadOnlyException;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import org.jspecify.annotations.Nullable;

/**
 * Sends steps, if there is a connection, and decides each by what comes of it. There is a
 * time limit whether or not the client has one, but not two: each costs a timer for every
 * command.
 */
final class StepSender {

	/** As acquire.lua says it. */
	private static final List<Object> NEITHER_HOLDS_NOR_WAITS = List.of("held", "", 0L);

	private final Supplier<@Nullable StatefulRedisConnection<String, String>> connections;

	private final Duration timeout;

	private final ConnectionReport report;

	private final UnaryOperator<Throwable> translator;

	/** By the grant: releases that are not decided. */
	private final Map<String, LockStep<?>> givenUp = new ConcurrentHashMap<>();

	/**
	 * A sender that sends nothing yet.
	 * @param connections the connection of now, or null while there is none
	 * @param timeout within which a command is answered, or its outcome unknown
	 * @param report says why there is no connection
	 * @param translator says what a failure means
	 */
	StepSender(Supplier<@Nullable StatefulRedisConnection<String, String>> connections, Duration timeout,
			ConnectionReport report, UnaryOperator<Throwable> translator) {
		this.connections = connections;
		this.timeout = timeout;
		this.report = report;
		this.translator = translator;
	}

	/**
	 * Is told of each step before it is sent, in their order.
	 */
	void expect(LockStep<?> step) {
		if (step.script() == LockScript.RELEASE) {
			this.givenUp.put(step.grant(), step);
			CompletableFuture<?> unused = step.outcome()
				.whenComplete((done, failure) -> this.givenUp.remove(step.grant(), step));
		}
	}

	/**
	 * Sends a step as a command of its own.
	 * @return completes when the step is decided
	 */
	CompletableFuture<?> alone(LockStep<?> step) {
		return alone(step, this::explain);
	}

	private CompletableFuture<?> alone(LockStep<?> step, UnaryOperator<Throwable> explanation) {
		return step.decideBy(send(step.script(), step.keys(), step.arguments()), explanation);
	}

	/**
	 * Sends steps of acquire and release, of a lock each, as one command. A step that
	 * takes more than that script knows is sent alone then; and so are all where Redis
	 * refuses, perhaps because of one of them.
	 * @return completes when the command has been answered
	 */
	CompletableFuture<?> together(List<LockStep<?>> steps) {
		TogetherCommand command = new TogetherCommand(steps);
		return send(LockScript.TOGETHER, command.scriptKeys(), command.arguments()).whenComplete((replies, failure) -> {
			if (failure == null) {
				answered(command.steps(), replies);
			}
			else if (isPerhapsForOne(Answers.unwrap(failure))) {
				steps.forEach((step) -> again(step, this::explainRepeated));
			}
			else {
				steps.forEach((step) -> step.failed(failure, this::explain));
			}
		});
	}

	/** Other refusals would meet all of them, one after the other. */
	private static boolean isPerhapsForOne(Throwable failure) {
		return failure instanceof RedisCommandExecutionException && !(failure instanceof RedisLoadingException
				|| failure instanceof RedisBusyException || failure instanceof RedisReadOnlyException);
	}

	private void answered(List<LockStep<?>> steps, List<Object> replies) {
		for (int n = 0; n < steps.size(); n++) {
			LockStep<?> step = steps.get(n);
			List<Object> reply = (n < replies.size()) ? TogetherCommand.reply(step, replies.get(n)) : null;
			if (reply != null) {
				step.answered(reply);
			}
			else {
				again(step, this::explain);
			}
		}
	}

	/**
	 * Sends a step alone that has been sent before: behind all that was sent meanwhile.
	 * An ask whose grant one of these gives up must not come behind it.
	 */
	private void again(LockStep<?> step, UnaryOperator<Throwable> explanation) {
		if (step.script() == LockScript.ACQUIRE && this.givenUp.containsKey(step.grant())) {
			step.answered(NEITHER_HOLDS_NOR_WAITS);
			return;
		}
		CompletableFuture<?> unused = alone(step, explanation);
	}

	private Throwable explain(Throwable failure) {
		return (failure instanceof NotSentException) ? failure : this.translator.apply(failure);
	}

	/** What was not sent again may have been done the first time. */
	private Throwable explainRepeated(Throwable failure) {
		Throwable explained = explain(failure);
		return (explained instanceof NotSentException) ? new RedisConnectionException(explained.getMessage(), explained)
				: explained;
	}

	private CompletableFuture<List<Object>> send(LockScript script, String[] keys, String... arguments) {
		StatefulRedisConnection<String, String> connection = this.connections.get();
		if (connection == null) {
			return CompletableFuture.failedFuture(this.report.notSent());
		}
		CompletableFuture<List<Object>> reply;
		try {
			reply = script.run(connection.async(), keys, arguments);
		}
		catch (RuntimeException | Error failure) {
			return CompletableFuture.failedFuture(failure);
		}
		return givesUp(connection) ? reply : reply.orTimeout(this.timeout.toMillis(), TimeUnit.MILLISECONDS);
	}

	/**
	 * Whether the client itself gives up a command that is not answered within that time.
	 */
	private static boolean givesUp(StatefulRedisConnection<String, String> connection) {
		TimeoutOptions options = connection.getOptions().getTimeoutOptions();
		return options.isTimeoutCommands() && options.isApplyConnectionTimeout();
	}

}
