package io.dlock.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever happens to a reply, somebody waits for what it says.
 */
class LockStepTests {

	private final CompletableFuture<List<Object>> reply = new CompletableFuture<>();

	@Test
	void anErrorWhileReadingIsTheAnswer() {
		StackOverflowError error = new StackOverflowError();
		CompletableFuture<String> answer = outcome((parts) -> {
			throw error;
		}, UnaryOperator.identity());
		this.reply.complete(List.of());
		assertThat(answer).failsWithin(Duration.ZERO).withThrowableThat().withCause(error);
	}

	@Test
	void anErrorWhileTranslatingAFailureIsTheAnswer() {
		OutOfMemoryError error = new OutOfMemoryError("unable to create native thread");
		CompletableFuture<String> answer = outcome((parts) -> "", (failure) -> {
			throw error;
		});
		this.reply.completeExceptionally(new IllegalStateException("READONLY"));
		assertThat(answer).failsWithin(Duration.ZERO).withThrowableThat().withCause(error);
	}

	private CompletableFuture<String> outcome(Function<List<Object>, String> reader,
			UnaryOperator<Throwable> explanation) {
		LockStep<String> step = new LockStep<>(LockScript.HOLDER, new String[0], reader);
		CompletableFuture<?> unused = step.decideBy(this.reply, explanation);
		return step.outcome();
	}

}
