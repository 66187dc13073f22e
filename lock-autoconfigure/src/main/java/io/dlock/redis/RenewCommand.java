package io.dlock.redis;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.dlock.core.RenewRequest;
import io.dlock.core.RenewVerdict;
import io.lettuce.core.api.async.BaseRedisAsyncCommands;

/**
 * Renews a batch of grants by one script.
 *
 * @param keys how the keys of locks are called
 * @param batch the grants
 */
record RenewCommand(LockKeys keys, List<RenewRequest> batch) {

	CompletableFuture<List<RenewVerdict>> run(BaseRedisAsyncCommands<String, String> redis) {
		return Answers.read(LockScript.RENEW.run(redis, scriptKeys(), arguments()), Answers::renew,
				UnaryOperator.identity());
	}

	String[] scriptKeys() {
		return this.batch.stream()
			.map((request) -> request.id().key())
			.flatMap((key) -> Stream.of(this.keys.lock(key), this.keys.fence(key)))
			.toArray(String[]::new);
	}

	String[] arguments() {
		return this.batch.stream().flatMap(RenewCommand::arguments).toArray(String[]::new);
	}

	private static Stream<String> arguments(RenewRequest request) {
		return Stream.of(request.id().toString(), Long.toString(request.firstToken()),
				Integer.toString(request.tokens()), Long.toString(request.ttl().toMillis()));
	}

}
