package io.dlock.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.dlock.core.NotSentException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import org.jspecify.annotations.Nullable;

/**
 * Sends steps, if there is a connection, and decides each by what comes of it. There is a
 * time limit whether or not the client has one, but not two: each costs a timer for every
 * command.
 */
final class StepSender {

	private final Supplier<@Nullable StatefulRedisConnection<String, String>> connections;

	private final Duration timeout;

	private final ConnectionReport report;

	private final UnaryOperator<Throwable> translator;

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
	 * Sends a step as a command of its own.
	 * @return completes when the step is decided
	 */
	CompletableFuture<?> alone(LockStep<?> step) {
		return send(step.script(), step.keys(), step.arguments()).handle((reply, failure) -> {
			if (failure == null) {
				step.answered(reply);
			}
			else {
				step.failed(explain(failure));
			}
			return null;
		});
	}

	/**
	 * Sends steps of acquire and release as one command. A step that takes more than that
	 * script knows is then sent alone; and so are all if Redis refuses, perhaps because
	 * of one of them.
	 * @return completes when what was sent has been answered
	 */
	CompletableFuture<?> together(List<LockStep<?>> steps) {
		List<String> keys = new ArrayList<>();
		List<String> arguments = new ArrayList<>();
		for (LockStep<?> step : steps) {
			Collections.addAll(keys, step.keys());
			arguments.add((step.script() == LockScript.ACQUIRE) ? "acquire" : "release");
			Collections.addAll(arguments, step.arguments());
		}
		return send(LockScript.TOGETHER, keys.toArray(String[]::new), arguments.toArray(String[]::new))
			.handle((replies, failure) -> {
				if (failure == null) {
					answered(steps, replies);
				}
				else if (Answers.unwrap(failure) instanceof RedisCommandExecutionException) {
					steps.forEach(this::sendAlone);
				}
				else {
					steps.forEach((step) -> step.failed(explain(failure)));
				}
				return null;
			});
	}

	@SuppressWarnings("unchecked")
	private void answered(List<LockStep<?>> steps, List<Object> replies) {
		for (int n = 0; n < steps.size(); n++) {
			if (replies.get(n) instanceof List<?> reply) {
				steps.get(n).answered((List<Object>) reply);
			}
			else {
				sendAlone(steps.get(n));
			}
		}
	}

	private Throwable explain(Throwable failure) {
		Throwable cause = Answers.unwrap(failure);
		return (cause instanceof NotSentException) ? cause : this.translator.apply(cause);
	}

	private void sendAlone(LockStep<?> step) {
		CompletableFuture<?> unused = alone(step);
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
		catch (RuntimeException failure) {
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
