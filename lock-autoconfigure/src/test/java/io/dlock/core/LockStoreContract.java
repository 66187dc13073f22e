package io.dlock.core;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import io.dlock.LossCause;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What every {@link LockStore} does, whatever keeps its locks.
 */
public abstract class LockStoreContract extends StoreContract {

	protected LockStoreContract(StoreUnderTest store) {
		super(store);
	}

	// Granting

	@Test
	void grantsAFreeKey() {
		AcquireAnswer answer = this.one.ask(KEY, 1, LONG, 3, true);
		assertThat(answer).isInstanceOfSatisfying(AcquireAnswer.Granted.class,
				(granted) -> assertThat(granted.tokens()).isEqualTo(3));
	}

	@Test
	void saysWhoHoldsAKey() {
		assertThat(this.two.holder(KEY)).isEmpty();
		AcquireAnswer.Granted granted = this.one.acquire(KEY, 7, LONG);
		assertThat(this.two.holder(KEY)).hasValueSatisfying((holder) -> {
			assertThat(holder.key()).isEqualTo(KEY);
			assertThat(holder.instanceId()).isEqualTo("app:one");
			assertThat(holder.grantId()).isEqualTo("app:one:7");
			assertThat(holder.fencingToken()).isEqualTo(granted.firstToken());
			assertThat(holder.remaining()).isPositive().isLessThanOrEqualTo(LONG);
		});
		this.one.release(KEY, 7);
		assertThat(this.two.holder(KEY)).isEmpty();
	}

	@Test
	void grantsTheSameTokensToTheSameGrantAgain() {
		AcquireAnswer first = this.one.ask(KEY, 1, LONG, 5, true);
		assertThat(this.one.ask(KEY, 1, LONG, 5, true)).isEqualTo(first);
		assertThat(this.one.ask(KEY, 1, LONG, 5, false)).isEqualTo(first);
	}

	@Test
	void beginsTheTtlAnewWhenAGrantAsksAgain() {
		this.one.acquire(KEY, 1, LONG);
		store().passTime(MOMENT);
		assertThat(remaining()).isLessThanOrEqualTo(LONG.minus(MOMENT));
		this.one.acquire(KEY, 1, LONG);
		assertThat(remaining()).isGreaterThan(LONG.minus(MOMENT));
	}

	@Test
	void grantsAnotherIdOfTheHolderOnlyAfterTheFirst() {
		this.one.acquire(KEY, 1, LONG);
		assertThat(this.one.tryTo(KEY, 2, LONG)).isInstanceOf(AcquireAnswer.Held.class);
		assertThat(this.one.queue(KEY, 2, LONG).holder()).isEqualTo("app:one");
		this.one.release(KEY, 1);
		assertThat(this.one.awaitPush(KEY, 2).tokens()).isEqualTo(1);
	}

	@Test
	void grantsAKeyWhoseHolderHasExpired() {
		this.one.acquire(KEY, 1, SHORT);
		assertThat(this.two.tryTo(KEY, 1, LONG)).isInstanceOf(AcquireAnswer.Held.class);
		store().passTime(SHORT);
		assertThat(this.two.tryTo(KEY, 1, LONG)).isInstanceOf(AcquireAnswer.Granted.class);
	}

	@Test
	void keepsKeysApart() {
		this.one.acquire(KEY, 1, LONG);
		this.two.acquire(KEY + "0", 1, LONG);
		this.two.acquire("Orders:42", 2, LONG);
	}

	// Trying

	@Test
	void tellsATryWhoHoldsTheKey() {
		this.one.acquire(KEY, 1, LONG);
		AcquireAnswer answer = this.two.tryTo(KEY, 1, SHORT);
		assertThat(answer).isInstanceOfSatisfying(AcquireAnswer.Held.class, (held) -> {
			assertThat(held.holder()).isEqualTo("app:one");
			assertThat(held.remaining()).isPositive().isLessThanOrEqualTo(LONG.plusMillis(1));
		});
	}

	@Test
	void doesNotLetATryEnterTheQueue() {
		this.one.acquire(KEY, 1, LONG);
		this.two.tryTo(KEY, 1, LONG);
		assertThat(this.three.queue(KEY, 1, LONG).position()).isEqualTo(1);
		this.one.release(KEY, 1);
		this.three.awaitPush(KEY, 1);
		assertThat(this.two.listener().grants()).isEmpty();
	}

	@Test
	void doesNotLetATryOvertakeALivingEntry() {
		this.one.acquire(KEY, 1, SHORT);
		this.two.queue(KEY, 1, LONG);
		store().passTime(SHORT);
		assertThat(this.three.tryTo(KEY, 1, LONG)).isInstanceOfSatisfying(AcquireAnswer.Held.class,
				(held) -> assertThat(held.holder()).isEqualTo("app:two"));
		this.two.awaitPush(KEY, 1);
	}

	@Test
	void doesNotLetADeadEntryHoldUpATry() {
		this.one.acquire(KEY, 1, SHORT);
		this.two.queue(KEY, 1, LONG);
		stop(this.two);
		store().passTime(SHORT);
		assertThat(this.three.tryTo(KEY, 1, LONG)).isInstanceOf(AcquireAnswer.Granted.class);
	}

	// Waiting

	@Test
	void queuesInTheOrderOfAsking() {
		AcquireAnswer.Granted granted = this.one.acquire(KEY, 1, LONG);
		AcquireAnswer.Queued second = this.two.queue(KEY, 1, LONG);
		assertThat(second.position()).isEqualTo(1);
		assertThat(second.holder()).isEqualTo("app:one");
		assertThat(second.remaining()).isPositive().isLessThanOrEqualTo(LONG.plusMillis(1));
		assertThat(second.mark()).isGreaterThanOrEqualTo(granted.firstToken());
		assertThat(second.pushed()).isTrue();
		assertThat(this.three.queue(KEY, 1, LONG).position()).isEqualTo(2);
		assertThat(this.two.queue(KEY, 1, LONG).position()).as("asked again").isEqualTo(1);
	}

	@Test
	void handsOverToTheFirstInTheQueueAndTellsIt() {
		this.one.acquire(KEY, 1, LONG);
		long mark = ((AcquireAnswer.Queued) this.two.ask(KEY, 1, LONG, 4, true)).mark();
		this.three.queue(KEY, 1, LONG);
		this.one.release(KEY, 1);
		PushedGrant pushed = this.two.awaitPush(KEY, 1);
		assertThat(pushed.tokens()).isEqualTo(4);
		assertThat(pushed.firstToken()).isGreaterThan(mark);
		assertThat(this.three.queue(KEY, 1, LONG).position()).isEqualTo(1);
		assertThat(this.three.listener().grants()).isEmpty();
		assertThat(this.two.ask(KEY, 1, LONG, 4, true)).isEqualTo(new AcquireAnswer.Granted(pushed.firstToken(), 4));
	}

	@Test
	void grantsAWaiterForItsOwnTtl() {
		this.one.acquire(KEY, 1, LONG);
		this.two.queue(KEY, 1, SHORT);
		this.one.release(KEY, 1);
		this.two.awaitPush(KEY, 1);
		assertThat(this.three.holder(KEY))
			.hasValueSatisfying((holder) -> assertThat(holder.remaining()).isLessThanOrEqualTo(SHORT));
		store().passTime(SHORT);
		assertThat(this.three.holder(KEY)).isEmpty();
	}

	@Test
	void grantsAnExpiredKeyToTheFirstWaiterThatAsksOrIsMet() {
		this.one.acquire(KEY, 1, SHORT);
		this.two.queue(KEY, 1, LONG);
		this.three.queue(KEY, 1, LONG);
		store().passTime(SHORT);
		assertThat(this.three.queue(KEY, 1, LONG).holder()).isEqualTo("app:two");
		this.two.awaitPush(KEY, 1);
		assertThat(this.two.ask(KEY, 1, LONG, 1, true)).isInstanceOf(AcquireAnswer.Granted.class);
	}

	@Test
	void takesAWaiterOutOfTheQueueWhenItIsGrantedTheKey() {
		this.one.acquire(KEY, 1, SHORT);
		this.two.queue(KEY, 1, LONG);
		store().passTime(SHORT);
		this.two.acquire(KEY, 1, LONG);
		assertThat(this.three.queue(KEY, 1, LONG).position()).isEqualTo(1);
		this.two.release(KEY, 1);
		this.three.awaitPush(KEY, 1);
		assertThat(this.two.listener().grants()).isEmpty();
	}

	@Test
	void putsALaterGrantInThePlaceOfAnEarlierOne() {
		this.one.acquire(KEY, 1, LONG);
		this.two.queue(KEY, 1, LONG);
		this.three.queue(KEY, 1, LONG);
		assertThat(this.two.queue(KEY, 2, LONG).position()).isEqualTo(1);
		this.one.release(KEY, 1);
		this.two.awaitPush(KEY, 2);
	}

	@Test
	void doesNotPutAnEarlierGrantInThePlaceOfALaterOne() {
		this.one.acquire(KEY, 1, LONG);
		this.two.queue(KEY, 2, LONG);
		this.two.queue(KEY, 1, LONG);
		this.one.release(KEY, 1);
		this.two.awaitPush(KEY, 2);
		assertThat(this.two.listener().grants()).hasSize(1);
	}

	@Test
	void removesAWaiterThatIsReleased() {
		this.one.acquire(KEY, 1, LONG);
		this.two.queue(KEY, 1, LONG);
		this.three.queue(KEY, 1, LONG);
		this.two.release(KEY, 1);
		assertThat(this.three.queue(KEY, 1, LONG).position()).isEqualTo(1);
		this.one.release(KEY, 1);
		this.three.awaitPush(KEY, 1);
		assertThat(this.two.listener().grants()).isEmpty();
	}

	@Test
	void keepsALaterGrantInTheQueueWhenAnEarlierOneIsReleased() {
		this.one.acquire(KEY, 1, LONG);
		this.two.queue(KEY, 2, LONG);
		this.two.release(KEY, 1);
		this.one.release(KEY, 1);
		this.two.awaitPush(KEY, 2);
	}

	@Test
	void skipsAWaiterThatWasNotSeenWithinItsTtl() {
		this.one.acquire(KEY, 1, LONG);
		this.two.queue(KEY, 1, SHORT);
		this.three.queue(KEY, 1, LONG);
		store().passTime(SHORT.plusMillis(50));
		this.one.release(KEY, 1);
		this.three.awaitPush(KEY, 1);
		assertThat(this.two.listener().grants()).isEmpty();
	}

	@Test
	void keepsAWaiterThatIsSeenAgainWithinItsTtl() {
		Duration ttl = MOMENT.multipliedBy(2);
		this.one.acquire(KEY, 1, LONG);
		this.two.queue(KEY, 1, ttl);
		store().passTime(MOMENT);
		this.two.queue(KEY, 1, ttl);
		store().passTime(MOMENT);
		store().passTime(SHORT);
		this.one.release(KEY, 1);
		this.two.awaitPush(KEY, 1);
	}

	@Test
	void skipsAWaiterThatHasStopped() {
		this.one.acquire(KEY, 1, LONG);
		this.two.queue(KEY, 1, LONG);
		this.three.queue(KEY, 1, LONG);
		stop(this.two);
		this.one.release(KEY, 1);
		this.three.awaitPush(KEY, 1);
	}

	@Test
	void freesTheKeyWhenAllWaitersAreDead() {
		this.one.acquire(KEY, 1, LONG);
		this.two.queue(KEY, 1, LONG);
		stop(this.two);
		this.one.release(KEY, 1);
		assertThat(this.three.holder(KEY)).isEmpty();
	}

	// Releasing

	@Test
	void releasesNothingOfOthers() {
		this.one.acquire(KEY, 1, LONG);
		this.two.queue(KEY, 1, LONG);
		this.two.release(KEY, 2);
		this.three.release(KEY, 1);
		this.one.release(KEY, 2);
		assertThat(this.three.holder(KEY))
			.hasValueSatisfying((holder) -> assertThat(holder.grantId()).isEqualTo("app:one:1"));
		assertThat(this.two.queue(KEY, 1, LONG).position()).isEqualTo(1);
	}

	@Test
	void releasesOnceHoweverOftenItIsAsked() {
		this.one.acquire(KEY, 1, LONG);
		this.one.release(KEY, 1);
		this.one.release(KEY, 1);
		this.two.acquire(KEY, 1, LONG);
		this.one.release(KEY, 1);
		assertThat(this.one.holder(KEY))
			.hasValueSatisfying((holder) -> assertThat(holder.instanceId()).isEqualTo("app:two"));
	}

	// Yielding

	@Test
	void grantsAYieldAtOnceWhenNobodyWaits() {
		AcquireAnswer.Granted first = this.one.acquire(KEY, 1, LONG);
		AcquireAnswer answer = this.one.passOn(KEY, 1, 2, LONG);
		assertThat(answer).isInstanceOfSatisfying(AcquireAnswer.Granted.class,
				(granted) -> assertThat(granted.firstToken()).isGreaterThan(first.firstToken()));
		assertThat(this.one.passOn(KEY, 1, 2, LONG)).as("repeated").isEqualTo(answer);
		assertThat(this.two.holder(KEY))
			.hasValueSatisfying((holder) -> assertThat(holder.grantId()).isEqualTo("app:one:2"));
	}

	@Test
	void yieldsToTheFirstWaiterAndQueuesBehindAll() {
		this.one.acquire(KEY, 1, LONG);
		this.two.queue(KEY, 1, LONG);
		this.three.queue(KEY, 1, LONG);
		AcquireAnswer answer = this.one.passOn(KEY, 1, 2, LONG);
		PushedGrant pushed = this.two.awaitPush(KEY, 1);
		assertThat(answer).isInstanceOfSatisfying(AcquireAnswer.Queued.class, (queued) -> {
			assertThat(queued.holder()).isEqualTo("app:two");
			assertThat(queued.position()).isEqualTo(2);
			assertThat(queued.mark()).isGreaterThanOrEqualTo(pushed.firstToken());
		});
		this.two.release(KEY, 1);
		this.three.awaitPush(KEY, 1);
		this.three.release(KEY, 1);
		this.one.awaitPush(KEY, 2);
	}

	@Test
	void yieldsToAnotherThoughAnEarlierRequestOfItsOwnWaitsBeforeIt() {
		this.one.acquire(KEY, 1, LONG);
		this.one.queue(KEY, 2, LONG);
		this.two.queue(KEY, 1, LONG);
		assertThat(this.one.passOn(KEY, 1, 3, LONG)).isInstanceOf(AcquireAnswer.Queued.class);
		this.two.awaitPush(KEY, 1);
		this.two.release(KEY, 1);
		this.one.awaitPush(KEY, 3);
	}

	@Test
	void repeatsAYieldWithoutHarmToTheNextHolder() {
		this.one.acquire(KEY, 1, LONG);
		this.two.queue(KEY, 1, LONG);
		this.one.passOn(KEY, 1, 2, LONG);
		this.two.awaitPush(KEY, 1);
		AcquireAnswer again = this.one.passOn(KEY, 1, 2, LONG);
		assertThat(again).isInstanceOfSatisfying(AcquireAnswer.Queued.class, (queued) -> {
			assertThat(queued.holder()).isEqualTo("app:two");
			assertThat(queued.position()).isEqualTo(1);
		});
	}

	@Test
	void doesNotYieldToTheDead() {
		this.one.acquire(KEY, 1, LONG);
		this.two.queue(KEY, 1, LONG);
		stop(this.two);
		assertThat(this.one.passOn(KEY, 1, 2, LONG)).isInstanceOf(AcquireAnswer.Granted.class);
	}

	@Test
	void takesAYieldOfWhatIsNotHeldAsARequest() {
		this.two.acquire(KEY, 1, LONG);
		assertThat(this.one.passOn(KEY, 1, 2, LONG)).isInstanceOfSatisfying(AcquireAnswer.Queued.class,
				(queued) -> assertThat(queued.holder()).isEqualTo("app:two"));
	}

	// Renewing

	@Test
	void letsTheTtlBeginAnewWhenRenewed() {
		AcquireAnswer.Granted granted = this.one.acquire(KEY, 1, LONG);
		store().passTime(MOMENT);
		assertThat(remaining()).isLessThanOrEqualTo(LONG.minus(MOMENT));
		assertThat(this.one.renew(this.one.renewal(KEY, 1, granted, LONG))).isEqualTo(new RenewVerdict.Renewed());
		assertThat(remaining()).isGreaterThan(LONG.minus(MOMENT));
	}

	@Test
	void doesNotRenewWhatHasExpired() {
		AcquireAnswer.Granted granted = this.one.acquire(KEY, 1, SHORT);
		store().passTime(SHORT);
		assertThat(this.one.renew(this.one.renewal(KEY, 1, granted, SHORT))).isInstanceOfSatisfying(
				RenewVerdict.Lost.class, (lost) -> assertThat(lost.cause()).isEqualTo(LossCause.DELETED));
		assertThat(this.one.holder(KEY)).isEmpty();
	}

	@Test
	void doesNotRenewWhatAnotherHolds() {
		AcquireAnswer.Granted granted = this.one.acquire(KEY, 1, SHORT);
		store().passTime(SHORT);
		this.two.acquire(KEY, 5, LONG);
		assertThat(this.one.renew(this.one.renewal(KEY, 1, granted, SHORT)))
			.isEqualTo(new RenewVerdict.Lost(LossCause.TAKEN, "app:two:5"));
	}

	@Test
	void doesNotRenewAnIdThatWasGrantedAnewWithAnotherToken() {
		AcquireAnswer.Granted granted = this.one.acquire(KEY, 1, LONG);
		RenewRequest older = new RenewRequest(this.one.grant(KEY, 1), granted.firstToken() - 1, 1, LONG);
		assertThat(this.one.renew(older)).isInstanceOfSatisfying(RenewVerdict.Lost.class, (lost) -> {
			assertThat(lost.cause()).isEqualTo(LossCause.TAKEN);
			assertThat(lost.detail()).contains("app:one:1");
		});
	}

	@Test
	void givesEachOfManyRenewalsItsOwnVerdictInOrder() {
		List<RenewRequest> requests = IntStream.range(0, 250).mapToObj((i) -> {
			AcquireAnswer.Granted granted = this.one.acquire(KEY + i, i, LONG);
			return this.one.renewal(KEY + i, i, granted, LONG);
		}).toList();
		this.one.release(KEY + 120, 120);
		List<RenewVerdict> verdicts = this.one.renew(requests);
		assertThat(verdicts).hasSize(250);
		assertThat(verdicts.get(120)).isInstanceOf(RenewVerdict.Lost.class);
		assertThat(verdicts).filteredOn(RenewVerdict.Renewed.class::isInstance).hasSize(249);
		assertThat(this.one.renew(List.of())).isEmpty();
	}

	@Test
	void restoresARenewedGrantOfWhichAllMemoryIsLost() {
		AcquireAnswer.Granted granted = (AcquireAnswer.Granted) this.one.ask(KEY, 1, LONG, 64, true);
		store().loseMemory();
		assertThat(this.one.renew(this.one.renewal(KEY, 1, granted, LONG))).isEqualTo(new RenewVerdict.Renewed());
		assertThat(this.two.holder(KEY)).hasValueSatisfying((holder) -> {
			assertThat(holder.grantId()).isEqualTo("app:one:1");
			assertThat(holder.fencingToken()).isEqualTo(granted.firstToken());
		});
		this.one.release(KEY, 1);
		assertThat(this.two.acquire(KEY, 1, LONG).firstToken()).isGreaterThan(granted.firstToken() + 63);
	}

	@Test
	void restoresNothingWhereAnotherWasFasterAfterALossOfMemory() {
		AcquireAnswer.Granted granted = this.one.acquire(KEY, 1, LONG);
		store().loseMemory();
		this.two.acquire(KEY, 1, LONG);
		assertThat(this.one.renew(this.one.renewal(KEY, 1, granted, LONG)))
			.isEqualTo(new RenewVerdict.Lost(LossCause.TAKEN, "app:two:1"));
	}

	// Tokens

	@Test
	void issuesTokensThatOnlyGrow() {
		LongStream tokens = LongStream.empty();
		for (int i = 0; i < 20; i++) {
			Member member = (i % 2 == 0) ? this.one : this.two;
			AcquireAnswer.Granted granted = (AcquireAnswer.Granted) member.ask(KEY, i, LONG, 1 + i % 3, true);
			long first = granted.firstToken();
			tokens = LongStream.concat(tokens, LongStream.range(first, first + granted.tokens()));
			member.release(KEY, i);
		}
		assertThat(tokens.boxed().toList()).isSorted().doesNotHaveDuplicates();
	}

	@Test
	void issuesTokensGreaterThanAnyThatTheAskerHasSeen() {
		long future = this.one.acquire(KEY, 1, LONG).firstToken() + 3_600_000_000L;
		this.two.saw(future);
		AcquireAnswer.Granted granted = this.two.acquire("another", 1, LONG);
		assertThat(granted.firstToken()).isEqualTo(future + 1);
		this.two.release("another", 1);
		assertThat(this.one.acquire("another", 2, LONG).firstToken()).isEqualTo(future + 2);
	}

	// Names

	static Stream<String> names() {
		return Stream.of("a", " ", "two words", "line\nbreak\r\n", "tab\t", "{", "a}b", "{a}{b}", "a{", "*?[a-z]^",
				"größer-日本-\uD83D\uDD12", "'\"\\%s %d", "dlock:{a}", "a:queue", "\u0000", "x".repeat(100_000));
	}

	@ParameterizedTest
	@MethodSource("names")
	void takesAnyName(String name) {
		AcquireAnswer.Granted granted = this.one.acquire(name, 1, LONG);
		assertThat(this.two.holder(name)).hasValueSatisfying((holder) -> assertThat(holder.key()).isEqualTo(name));
		this.two.queue(name, 1, LONG);
		assertThat(this.one.renew(this.one.renewal(name, 1, granted, LONG))).isEqualTo(new RenewVerdict.Renewed());
		this.one.release(name, 1);
		assertThat(this.two.awaitPush(name, 1).id().key()).isEqualTo(name);
		this.two.release(name, 1);
		assertThat(this.one.holder(name)).isEmpty();
	}

	// Starting and stopping

	@Test
	void sendsNothingWhileItIsNotStarted() {
		LockStore store = store().newStore();
		assertThatThrownBy(() -> join(store.holder(KEY))).hasCauseInstanceOf(NotSentException.class);
		stop(this.one);
		assertThatThrownBy(() -> join(this.one.store().release(this.one.grant(KEY, 1))))
			.hasCauseInstanceOf(NotSentException.class);
	}

	@Test
	void servesAgainAfterAStop() {
		this.one.acquire(KEY, 1, LONG);
		LockStore store = this.two.store();
		stop(this.two);
		try (Member again = Member.start("app:two-again", store)) {
			store().awaitListening(again);
			again.queue(KEY, 1, LONG);
			this.one.release(KEY, 1);
			again.awaitPush(KEY, 1);
		}
	}

	@Test
	void hasADescription() {
		assertThat(store().newStore().description()).isNotBlank();
	}

	private static <T> T join(CompletionStage<T> stage) {
		return stage.toCompletableFuture().join();
	}

}
