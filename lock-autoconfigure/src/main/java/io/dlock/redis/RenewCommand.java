package io.dlock.redis;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

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
		LockStep<List<RenewVerdict>> step = new LockStep<>(LockScript.RENEW, scriptKeys(), this::verdicts, arguments());
		CompletableFuture<?> unused = step.decideBy(LockScript.RENEW.run(redis, step.keys(), step.arguments()),
				UnaryOperator.identity());
		return step.outcome();
	}

	List<RenewVerdict> verdicts(List<Object> reply) {
		return Answers.renew(reply, this.batch.size());
	}

	String[] scriptKeys() {
		List<String> all = new ArrayList<>(2 * this.batch.size());
		for (RenewRequest request : this.batch) {
			String lock = this.keys.lock(request.id().key());
			Collections.addAll(all, lock, LockKeys.fenceOf(lock));
		}
		return all.toArray(String[]::new);
	}

	String[] arguments() {
		List<String> all = new ArrayList<>(2 * this.batch.size());
		for (RenewRequest request : this.batch) {
			Collections.addAll(all, request.id() + " " + request.firstToken() + " " + request.tokens(),
					Long.toString(request.ttl().toMillis()));
		}
		return all.toArray(String[]::new);
	}

}
