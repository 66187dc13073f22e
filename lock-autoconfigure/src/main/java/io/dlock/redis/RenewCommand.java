package io.dlock.redis;

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
		String[] all = new String[2 * this.batch.size()];
		int at = 0;
		for (RenewRequest request : this.batch) {
			String lock = this.keys.lock(request.id().key());
			all[at++] = lock;
			all[at++] = LockKeys.fenceOf(lock);
		}
		return all;
	}

	String[] arguments() {
		String[] all = new String[2 * this.batch.size()];
		int at = 0;
		for (RenewRequest request : this.batch) {
			all[at++] = request.id() + " " + request.firstToken() + " " + request.tokens();
			all[at++] = Long.toString(request.ttl().toMillis());
		}
		return all;
	}

}
