package io.dlock.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever happens to a reply, somebody waits for what it says.
 */
class AnswersTests {

	private final CompletableFuture<List<Object>> reply = new CompletableFuture<>();

	@Test
	void anErrorWhileReadingIsTheAnswer() {
		StackOverflowError error = new StackOverflowError();
		CompletableFuture<String> answer = Answers.read(this.reply, (parts) -> {
			throw error;
		}, UnaryOperator.identity());
		this.reply.complete(List.of());
		assertThat(answer).failsWithin(Duration.ZERO).withThrowableThat().withCause(error);
	}

	@Test
	void anErrorWhileTranslatingAFailureIsTheAnswer() {
		OutOfMemoryError error = new OutOfMemoryError("unable to create native thread");
		CompletableFuture<String> answer = Answers.read(this.reply, (parts) -> "", (failure) -> {
			throw error;
		});
		this.reply.completeExceptionally(new IllegalStateException("READONLY"));
		assertThat(answer).failsWithin(Duration.ZERO).withThrowableThat().withCause(error);
	}

}
