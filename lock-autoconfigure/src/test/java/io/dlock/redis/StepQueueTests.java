package io.dlock.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StepQueue}, without a Redis and without waiting.
 */
class StepQueueTests {

	/** What has been sent, and completes it. */
	private final List<List<LockStep<?>>> sent = new ArrayList<>();

	private final List<CompletableFuture<Void>> answers = new ArrayList<>();

	private final List<Runnable> looks = new ArrayList<>();

	private final StepQueue queue = new StepQueue((step) -> send(List.of(step)), this::send, this.looks::add);

	private boolean connected = true;

	@Test
	void sendsAloneWhatComesWhileFewAreUnderWay() {
		List<LockStep<?>> steps = enqueue(StepQueue.UNDER_WAY);
		assertThat(this.sent).isEqualTo(steps.stream().map(List::of).toList());
		assertThat(this.looks).isEmpty();
	}

	@Test
	void sendsTogetherWhatHasComeMeanwhileInTheOrderInWhichItCame() {
		enqueue(StepQueue.UNDER_WAY);
		List<LockStep<?>> more = enqueue(3);
		assertThat(this.sent).hasSize(StepQueue.UNDER_WAY);
		answer(1);
		assertThat(this.sent).hasSize(StepQueue.UNDER_WAY + 1).last().isEqualTo(more);
	}

	@Test
	void sendsAloneButInItsTurnWhatIsNoPlainStep() {
		enqueue(StepQueue.UNDER_WAY);
		List<LockStep<?>> before = enqueue(2);
		LockStep<?> job = new LockStep<>(LockScript.ACQUIRE, new String[] { "a job" }, (reply) -> reply, "me:1",
				"10000", "1", "0", "L", "", "100");
		this.queue.send(job);
		List<LockStep<?>> after = enqueue(2);
		IntStream.range(0, 3).forEach(this::answer);
		assertThat(this.sent.subList(StepQueue.UNDER_WAY, this.sent.size()))
			.isEqualTo(List.of(before, List.of(job), after));
	}

	@Test
	void sendsNoMoreTogetherThanKeepsOthersWaitingForAMoment() {
		enqueue(StepQueue.UNDER_WAY);
		List<LockStep<?>> more = enqueue(StepQueue.TOGETHER + 1);
		answer(0);
		assertThat(this.sent).last().isEqualTo(more.subList(0, StepQueue.TOGETHER));
		answer(1);
		assertThat(this.sent).last().isEqualTo(more.subList(StepQueue.TOGETHER, more.size()));
	}

	@Test
	void sendsNoTwoStepsOfALockTogether() {
		enqueue(StepQueue.UNDER_WAY);
		List<LockStep<?>> steps = Stream.of("a", "b", "a", "a", "c", "b").<LockStep<?>>map(this::enqueue).toList();
		IntStream.range(0, StepQueue.UNDER_WAY).forEach(this::answer);
		assertThat(this.sent.subList(StepQueue.UNDER_WAY, this.sent.size()))
			.isEqualTo(List.of(steps.subList(0, 2), steps.subList(2, 3), steps.subList(3, 6)));
	}

	@Test
	void isFreeAgainWhenAllIsAnswered() {
		enqueue(StepQueue.UNDER_WAY + 1);
		IntStream.rangeClosed(0, StepQueue.UNDER_WAY).forEach(this::answer);
		List<LockStep<?>> more = enqueue(StepQueue.UNDER_WAY);
		assertThat(this.sent.subList(StepQueue.UNDER_WAY + 1, this.sent.size()))
			.isEqualTo(more.stream().map(List::of).toList());
	}

	@Test
	void letsNobodyWaitForLongWhenNothingIsAnswered() {
		enqueue(StepQueue.UNDER_WAY);
		List<LockStep<?>> more = enqueue(StepQueue.TOGETHER + 2);
		look();
		assertThat(this.sent.subList(StepQueue.UNDER_WAY, this.sent.size()))
			.isEqualTo(List.of(more.subList(0, StepQueue.TOGETHER), more.subList(StepQueue.TOGETHER, more.size())));
		List<LockStep<?>> evenMore = enqueue(2);
		look();
		assertThat(this.sent).last().isEqualTo(evenMore);
		assertThat(this.looks).isEmpty();
	}

	@Test
	void looksAgainAfterSomethingHasBeenAnswered() {
		enqueue(StepQueue.UNDER_WAY);
		enqueue(2 * StepQueue.TOGETHER);
		answer(0);
		int before = this.sent.size();
		look();
		assertThat(this.sent).hasSize(before);
		look();
		assertThat(this.sent).hasSize(before + 1);
		assertThat(this.looks).isEmpty();
	}

	@Test
	void failsHoweverManyWaitWhenTheConnectionIsLost() {
		enqueue(StepQueue.UNDER_WAY);
		List<LockStep<?>> more = enqueue(200_000);
		this.connected = false;
		answer(0);
		assertThat(this.sent.stream().mapToInt(List::size).sum()).isEqualTo(StepQueue.UNDER_WAY + more.size());
	}

	private List<LockStep<?>> enqueue(int number) {
		List<LockStep<?>> steps = new ArrayList<>();
		for (int n = 0; n < number; n++) {
			steps.add(enqueue("lock " + n));
		}
		return steps;
	}

	private LockStep<?> enqueue(String lock) {
		LockStep<List<Object>> step = new LockStep<>(LockScript.RELEASE, new String[] { lock }, (reply) -> reply);
		this.queue.send(step);
		return step;
	}

	private CompletableFuture<?> send(List<LockStep<?>> steps) {
		CompletableFuture<Void> answer = new CompletableFuture<>();
		this.sent.add(steps);
		this.answers.add(answer);
		if (!this.connected) {
			answer.complete(null);
		}
		return answer;
	}

	private void answer(int command) {
		this.answers.get(command).complete(null);
	}

	private void look() {
		this.looks.remove(0).run();
	}

}
