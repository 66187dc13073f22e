package io.dlock.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import io.dlock.Lease;
import io.dlock.LockOptions;
import io.dlock.LockRegistryClosedException;
import io.dlock.LockUnavailableException;
import io.dlock.LossCause;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link KeyLock}: each transition, and what must not be one.
 */
class KeyLockTests {

	private static final Duration A_MOMENT = Duration.ofMillis(7);

	private final Bench bench = new Bench();

	// Asking

	@Test
	void asksOnceAndIsGranted() {
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		this.bench.nextAsk().granted(100, 1);
		assertThat(lease.join().fencingToken()).isEqualTo(100);
		assertThat(lease.join().isValid()).isTrue();
		assertThat(this.bench.store.isQuiet()).isTrue();
		assertThat(this.bench.story).containsExactly("acquired a 100");
	}

	@Test
	void validityCountsFromBeforeTheSendingAndEndsATenthEarly() {
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		this.bench.time.standStill(Duration.ofSeconds(3));
		this.bench.nextAsk().granted(100, 1);
		assertThat(lease.join().remaining()).isEqualTo(Bench.TTL.minus(Bench.MARGIN).minusSeconds(3));
	}

	@Test
	void aGrantThatComesTooLateIsGivenBackAndTheWaitGoesOnUnderAFreshId() {
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		ScriptedStore.Acquire late = this.bench.nextAsk();
		this.bench.time.standStill(Bench.TTL);
		late.granted(100, 1);
		assertThat(lease).isNotDone();
		assertThat(this.bench.nextRelease().id()).isEqualTo(late.id());
		assertThat(this.bench.nextAsk().id().counter()).isGreaterThan(late.id().counter());
	}

	@Test
	void anAskWithoutAnswerIsAskedAgainUnderTheSameIdAndNotReleased() {
		this.bench.wants("a");
		ScriptedStore.Acquire first = this.bench.nextAsk();
		first.timesOut();
		this.bench.time.pass(Duration.ofMillis(200));
		assertThat(this.bench.nextAsk().id()).isEqualTo(first.id());
		assertThat(this.bench.store.isQuiet()).isTrue();
	}

	@Test
	void asksAgainWhenTheHoldersTimeCanBeOver() {
		this.bench.wants("a");
		this.bench.nextAsk().queued(Duration.ofMillis(500), 100);
		this.bench.time.pass(Duration.ofMillis(500).minusNanos(1));
		assertThat(this.bench.store.isQuiet()).isTrue();
		this.bench.time.pass(Duration.ofNanos(1));
		assertThat(this.bench.nextAsk().request().waits()).isTrue();
	}

	@Test
	void theHoldersTimeCountsFromTheAskThatWasAnsweredWithIt() {
		this.bench.wants("a");
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		this.bench.time.pass(A_MOMENT);
		ask.queued(Duration.ofMillis(500), 100);
		this.bench.time.pass(Duration.ofMillis(500).minus(A_MOMENT).minusNanos(1));
		assertThat(this.bench.store.isQuiet()).isTrue();
		this.bench.time.pass(Duration.ofNanos(1));
		this.bench.nextAsk().queued(Duration.ofMillis(3), 100);
		this.bench.time.pass(Duration.ofMillis(3));
		this.bench.nextAsk();
	}

	@Test
	void asksAgainAlthoughTheHolderHasItsLockForCenturies() {
		this.bench.wants("a");
		this.bench.nextAsk().queued(Duration.ofDays(365 * 400), 100);
		this.bench.time.pass(Bench.TTL.dividedBy(3));
		this.bench.nextAsk();
	}

	@Test
	void asksNoMoreOftenWhereTheHolderHasNoTtl() {
		this.bench.wants("a");
		this.bench.nextAsk().queued(Duration.ofMillis(-1), 100);
		this.bench.time.pass(Bench.TTL.dividedBy(3).minusMillis(1));
		assertThat(this.bench.store.isQuiet()).isTrue();
		this.bench.time.pass(Duration.ofMillis(1));
		this.bench.nextAsk();
	}

	@Test
	void asksAgainAfterAThirdOfTheTtlAtTheLatest() {
		this.bench.wants("a");
		this.bench.nextAsk().queued(Duration.ofSeconds(10), 100);
		this.bench.time.pass(Bench.TTL.dividedBy(3));
		this.bench.nextAsk();
	}

	@Test
	void pollsWhereTheStoreCannotTell() {
		this.bench.wants("a");
		this.bench.nextAsk()
			.answer()
			.complete(new AcquireAnswer.Queued("other", Duration.ofSeconds(10), 1, 100, false));
		this.bench.time.pass(Duration.ofMillis(100));
		this.bench.nextAsk();
	}

	@Test
	void waitersHoldBackWhenAConnectionIsThereAgain() {
		this.bench.wants("a");
		this.bench.nextAsk().queued(Duration.ofSeconds(10), 100);
		this.bench.store.listener().disconnected(new IllegalStateException("cut"));
		this.bench.store.listener().connected();
		this.bench.time.pass(Duration.ofMillis(249));
		assertThat(this.bench.store.isQuiet()).isTrue();
		this.bench.time.pass(Duration.ofMillis(1));
		this.bench.nextAsk();
	}

	// Pushes

	@Test
	void aPushThatIsYoungerThanTheLastAnswerIsUsedAtOnce() {
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		this.bench.time.standStill(A_MOMENT);
		ask.queued(Duration.ofSeconds(10), 100);
		this.bench.time.standStill(A_MOMENT);
		push(ask.id(), 101);
		assertThat(lease.join().fencingToken()).isEqualTo(101);
		assertThat(lease.join().remaining()).as("counts from the sending of the ask so answered")
			.isEqualTo(Bench.TTL.minus(Bench.MARGIN).minus(A_MOMENT.multipliedBy(2)));
	}

	@Test
	void validityOfAPushDoesNotCountFromAnAskThatWasNotAnswered() {
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		ask.queued(Duration.ofSeconds(10), 100);
		this.bench.time.pass(Bench.TTL.dividedBy(3));
		this.bench.nextAsk();
		push(ask.id(), 101);
		assertThat(lease.join().remaining()).isEqualTo(Bench.TTL.minus(Bench.MARGIN).minus(Bench.TTL.dividedBy(3)));
	}

	@Test
	void aPushBeforeAnyAnswerCountsFromTheFirstAsk() {
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		this.bench.time.standStill(A_MOMENT);
		push(ask.id(), 101);
		assertThat(lease.join().remaining()).isEqualTo(Bench.TTL.minus(Bench.MARGIN).minus(A_MOMENT));
	}

	@Test
	void aPushAtOrBelowTheMarkIsALeftover() {
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		ask.queued(Duration.ofSeconds(10), 100);
		push(ask.id(), 100);
		assertThat(lease).isNotDone();
		assertThat(this.bench.nextRelease().id()).isEqualTo(ask.id());
		assertThat(this.bench.nextAsk().id()).isNotEqualTo(ask.id());
	}

	@Test
	void aPushForAnIdThatIsGivenUpIsAnsweredWithARelease() {
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		ask.queued(Duration.ofSeconds(10), 100);
		lease.cancel(false);
		this.bench.nextRelease().confirmed();
		push(ask.id(), 101);
		assertThat(this.bench.nextRelease().id()).isEqualTo(ask.id());
	}

	@Test
	void aPushForSomebodyElseIsLeftAlone() {
		push(new GrantId("a", "somebody", 1), 101);
		push(new GrantId("a", "bench", 77), 101);
		assertThat(this.bench.store.isQuiet()).isTrue();
	}

	@Test
	void theFirstRenewalOfAPushedGrantIsDueWithinATenthOfTheTtlAndLaterOnesCountFromTheSending() {
		this.bench.wants("a");
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		ask.queued(Duration.ofSeconds(10), 100);
		push(ask.id(), 101);
		this.bench.time.pass(Bench.TTL.dividedBy(10));
		ScriptedStore.Renew first = this.bench.nextRenewal();
		this.bench.time.standStill(Duration.ofSeconds(1));
		first.allRenewed();
		this.bench.time.pass(Bench.TTL.dividedBy(4).minusSeconds(1));
		this.bench.nextRenewal();
	}

	// Late answers

	@Test
	void aGrantForSomebodyWhoHasGoneIsGivenBack() {
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		lease.cancel(false);
		this.bench.nextRelease().confirmed();
		ask.granted(100, 1);
		assertThat(this.bench.nextRelease().id()).isEqualTo(ask.id());
		assertThat(this.bench.story).containsExactly("failed a INTERRUPTED");
	}

	@Test
	void aPlaceInTheQueueForSomebodyWhoHasGoneIsGivenUp() {
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		lease.cancel(false);
		this.bench.nextRelease().confirmed();
		ask.queued(Duration.ofSeconds(5), 100);
		assertThat(this.bench.nextRelease().id()).isEqualTo(ask.id());
	}

	@Test
	void anAskOfUnknownOutcomeForSomebodyWhoHasGoneIsReleasedAgain() {
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		lease.cancel(false);
		this.bench.nextRelease().confirmed();
		ask.timesOut();
		assertThat(this.bench.nextRelease().id()).isEqualTo(ask.id());
	}

	@Test
	void anAskThatWasNeverSentNeedsNoRelease() {
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		this.bench.nextAsk().isNotSent();
		lease.cancel(false);
		assertThat(this.bench.store.isQuiet()).isTrue();
	}

	@Test
	void aQueuedAnswerThatArrivesWhileHeldChangesNothing() {
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		ScriptedStore.Acquire first = this.bench.nextAsk();
		first.queued(Duration.ofSeconds(10), 100);
		this.bench.time.pass(Bench.TTL.dividedBy(3));
		ScriptedStore.Acquire second = this.bench.nextAsk();
		push(first.id(), 101);
		Duration remaining = lease.join().remaining();
		second.queued(Duration.ofSeconds(10), 100);
		assertThat(lease.join().remaining()).isEqualTo(remaining);
		assertThat(this.bench.store.isQuiet()).isTrue();
	}

	@Test
	void aQueuedAnswerThatAPushHasOvertakenCostsNoSecondRelease() {
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		push(ask.id(), 101);
		this.bench.close(lease.join());
		this.bench.nextRelease().confirmed();
		ask.queued(Duration.ofSeconds(10), 100);
		assertThat(this.bench.store.isQuiet()).isTrue();
	}

	@Test
	void aQueuedAnswerThatIsYoungerThanTheGrantIsAnsweredWithARelease() {
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		push(ask.id(), 101);
		this.bench.close(lease.join());
		this.bench.nextRelease().confirmed();
		ask.queued(Duration.ofSeconds(10), 101);
		assertThat(this.bench.nextRelease().id()).isEqualTo(ask.id());
	}

	@Test
	void aReleaseIsRepeatedUntilItIsConfirmed() {
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		this.bench.nextAsk().granted(100, 1);
		this.bench.close(lease.join());
		this.bench.nextRelease().timesOut();
		this.bench.time.pass(Duration.ofMillis(100));
		this.bench.nextRelease().timesOut();
		this.bench.time.pass(Duration.ofMillis(200));
		this.bench.nextRelease().confirmed();
		this.bench.time.pass(Duration.ofSeconds(30));
		assertThat(this.bench.store.isQuiet()).isTrue();
		assertThat(this.bench.story).containsExactly("acquired a 100", "released a 100");
	}

	// Hand-off

	@Test
	void passesTheGrantFromCallerToCallerWithTheNextTokenOfItsBlock() {
		CompletableFuture<Lease> first = this.bench.acquire("a");
		CompletableFuture<Lease> second = this.bench.acquire("a");
		this.bench.nextAsk().granted(100, 64);
		assertThat(second).isNotDone();
		this.bench.close(first.join());
		assertThat(first.join().isValid()).isFalse();
		assertThat(second.join().fencingToken()).isEqualTo(101);
		assertThat(this.bench.store.isQuiet()).isTrue();
		assertThat(this.bench.story).contains("listening a behind bench at 1", "released a 100", "acquired a 101");
	}

	@Test
	void yieldsUnderAFreshIdWhenTheBlockIsUsedUp() {
		CompletableFuture<Lease> first = this.bench.acquire("a");
		CompletableFuture<Lease> second = this.bench.acquire("a");
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		ask.granted(100, 1);
		this.bench.close(first.join());
		ScriptedStore.Yield yielded = this.bench.store.next(ScriptedStore.Yield.class);
		assertThat(yielded.released()).isEqualTo(ask.id());
		assertThat(yielded.request().id().counter()).isGreaterThan(ask.id().counter());
		assertThat(yielded.request().tokens()).isEqualTo(64);
		yielded.answer().complete(new AcquireAnswer.Granted(200, 64));
		assertThat(second.join().fencingToken()).isEqualTo(200);
	}

	@Test
	void asksForMoreTokensWhenABlockHasNotLastedForATimeSlice() {
		assertThat(tokensAskedForAfter(40, false)).isEqualTo(80);
		assertThat(tokensAskedForAfter(128, false)).isEqualTo(256);
		assertThat(tokensAskedForAfter(1_000, false)).as("tokens stay behind the clock").isEqualTo(1_024);
	}

	@Test
	void asksForFewTokensAtATimeWhereAnotherInstanceHadTheLockBefore() {
		assertThat(tokensAskedForAfter(40, true)).isEqualTo(80);
		assertThat(tokensAskedForAfter(128, true)).isEqualTo(128);
		assertThat(tokensAskedForAfter(1_000, true)).isEqualTo(128);
	}

	private int tokensAskedForAfter(int handOffs, boolean pushed) {
		List<CompletableFuture<Lease>> callers = Stream.generate(() -> this.bench.acquire("a"))
			.limit(handOffs + 1L)
			.toList();
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		if (pushed) {
			this.bench.store.listener().granted(new PushedGrant(ask.id(), 100, handOffs));
		}
		else {
			ask.granted(100, handOffs);
		}
		callers.subList(0, handOffs).forEach((caller) -> this.bench.close(caller.join()));
		ScriptedStore.Yield yielded = this.bench.store.next(ScriptedStore.Yield.class);
		yielded.answer().complete(new AcquireAnswer.Granted(100_000, 1));
		this.bench.close(callers.get(handOffs).join());
		this.bench.nextRelease().confirmed();
		return yielded.request().tokens();
	}

	@Test
	void asksOnceMoreForTokensForThoseWhoHaveComeSinceItAsked() {
		CompletableFuture<Lease> first = this.bench.acquire("a");
		CompletableFuture<Lease> second = this.bench.acquire("a");
		ScriptedStore.Acquire alone = this.bench.nextAsk();
		assertThat(alone.request().tokens()).isEqualTo(1);
		alone.queued(Duration.ofSeconds(10), 99);
		ScriptedStore.Acquire forBoth = this.bench.nextAsk();
		assertThat(forBoth.id()).isEqualTo(alone.id());
		assertThat(forBoth.request().tokens()).isEqualTo(64);
		forBoth.queued(Duration.ofSeconds(10), 99);
		assertThat(this.bench.store.isQuiet()).isTrue();
		this.bench.store.listener().granted(new PushedGrant(forBoth.id(), 100, 64));
		this.bench.close(first.join());
		assertThat(second.join().fencingToken()).isEqualTo(101);
	}

	@Test
	void yieldsWhenTheTimeSliceIsOver() {
		CompletableFuture<Lease> first = this.bench.acquire("a");
		this.bench.wants("a");
		this.bench.nextAsk().granted(100, 64);
		this.bench.time.standStill(Duration.ofMillis(20));
		this.bench.close(first.join());
		ScriptedStore.Yield yielded = this.bench.store.next(ScriptedStore.Yield.class);
		assertThat(yielded.request().tokens()).as("a block that has lasted need not be larger").isEqualTo(64);
	}

	@Test
	void aYieldOfUnknownOutcomeReleasesTheOldGrantAndAsksForTheNewOne() {
		CompletableFuture<Lease> first = this.bench.acquire("a");
		this.bench.wants("a");
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		ask.granted(100, 1);
		this.bench.close(first.join());
		ScriptedStore.Yield yielded = this.bench.store.next(ScriptedStore.Yield.class);
		yielded.answer().completeExceptionally(new IllegalStateException("timed out"));
		assertThat(this.bench.nextRelease().id()).isEqualTo(ask.id());
		this.bench.time.pass(Duration.ofMillis(50));
		assertThat(this.bench.nextAsk().id()).isEqualTo(yielded.request().id());
	}

	@Test
	void aCallerWhoWantsAnotherTtlWaitsUnderAGrantOfItsOwn() {
		CompletableFuture<Lease> first = this.bench.acquire("a");
		CompletableFuture<Lease> second = this.bench.acquire("a",
				LockOptions.defaults().withTtl(Duration.ofSeconds(3)));
		this.bench.nextAsk().granted(100, 64);
		this.bench.close(first.join());
		ScriptedStore.Yield yielded = this.bench.store.next(ScriptedStore.Yield.class);
		assertThat(yielded.request().ttl()).isEqualTo(Duration.ofSeconds(3));
		assertThat(second).isNotDone();
	}

	@Test
	void whenTheFirstInLineLeavesTheNextAsksWithItsOwnTtl() {
		CompletableFuture<Lease> first = this.bench.acquire("a");
		this.bench.wants("a", LockOptions.defaults().withTtl(Duration.ofSeconds(3)));
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		first.cancel(false);
		assertThat(this.bench.nextRelease().id()).isEqualTo(ask.id());
		assertThat(this.bench.nextAsk().request().ttl()).isEqualTo(Duration.ofSeconds(3));
	}

	@Test
	void whoWaitsIsToldSoBeforeItIsServedHoweverFastThatGoes() {
		this.bench.wants("a");
		this.bench.wants("a");
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		this.bench.reaction = (event) -> {
			this.bench.store.listener().granted(new PushedGrant(ask.id(), 101, 64));
			this.bench.run.held().forEach(HeldLease::letGo);
		};
		ask.queued(Duration.ofSeconds(10), 100);
		assertThat(this.bench.story).containsSubsequence("listening a behind other at 2", "acquired a 102");
	}

	// Tries

	@Test
	void aTryAsksWithoutWaiting() {
		CompletableFuture<Optional<Lease>> lease = this.bench.tryAcquire("a");
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		assertThat(ask.request().waits()).isFalse();
		ask.held();
		assertThat(lease.join()).isEmpty();
		assertThat(this.bench.story).containsExactly("failed a HELD");
		assertThat(this.bench.store.isQuiet()).as("it has left nothing that had to be given up").isTrue();
	}

	@Test
	void aTryOfWhichAnEarlierAskIsUnknownIsReleasedThoughALaterOneIsAnswered() {
		CompletableFuture<Optional<Lease>> lease = this.bench.tryAcquire("a");
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		ask.timesOut();
		this.bench.time.pass(Duration.ofMillis(50));
		this.bench.nextAsk().held();
		assertThat(lease.join()).isEmpty();
		assertThat(this.bench.nextRelease().id()).isEqualTo(ask.id());
	}

	@Test
	void aTryBehindALeaseOrAWaiterOfThisInstanceCostsNoCommand() {
		this.bench.wants("a");
		assertThat(this.bench.tryAcquire("a").join()).isEmpty();
		this.bench.nextAsk().granted(100, 1);
		assertThat(this.bench.tryAcquire("a").join()).isEmpty();
		assertThat(this.bench.store.isQuiet()).isTrue();
	}

	@Test
	void aWaiterThatComesWhileATryIsUnderWayAsksForItself() {
		CompletableFuture<Optional<Lease>> tried = this.bench.tryAcquire("a");
		CompletableFuture<Lease> waiting = this.bench.acquire("a");
		this.bench.nextAsk().held();
		assertThat(tried.join()).isEmpty();
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		assertThat(ask.request().waits()).isTrue();
		ask.granted(100, 1);
		assertThat(waiting.join().isValid()).isTrue();
	}

	// The store is away

	@Test
	void aTryGivesUpAfterTheCommandTimeout() {
		CompletableFuture<Optional<Lease>> lease = this.bench.tryAcquire("a");
		answerEveryAskWithNoConnectionFor(Duration.ofMillis(1900));
		assertThat(lease).isNotDone();
		answerEveryAskWithNoConnectionFor(Duration.ofMillis(400));
		assertThatExceptionOfType(Exception.class).isThrownBy(lease::join)
			.withCauseInstanceOf(LockUnavailableException.class);
		assertThat(this.bench.story).containsExactly("failed a UNAVAILABLE");
	}

	@Test
	void anUntimedWaitGivesUpAfterOneTtl() {
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		answerEveryAskWithNoConnectionFor(Bench.TTL.minusMillis(100));
		assertThat(lease).isNotDone();
		answerEveryAskWithNoConnectionFor(Duration.ofMillis(400));
		assertThat(lease).isCompletedExceptionally();
	}

	@Test
	void whoeverIsNotLetInIsToldAtOnceExceptALeadership() {
		CompletableFuture<Lease> untimed = this.bench.acquire("a");
		CompletableFuture<Optional<Lease>> timed = this.bench.tryAcquire("b", Duration.ofSeconds(5));
		this.bench.run.contend(this.bench.wanted("c", LockOptions.defaults()));
		for (int i = 0; i < 3; i++) {
			this.bench.nextAsk().isDenied();
		}
		assertThat(untimed).isCompletedExceptionally();
		assertThat(timed).isCompletedExceptionally();
		this.bench.time.pass(Duration.ofSeconds(1));
		assertThat(this.bench.nextAsk().id().key()).isEqualTo("c");
	}

	@Test
	void aTimedWaitEndsOnTimeWhateverTheStoreDoes() {
		CompletableFuture<Optional<Lease>> lease = this.bench.tryAcquire("a", Duration.ofSeconds(1));
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		this.bench.time.pass(Duration.ofSeconds(1));
		assertThat(lease.join()).isEmpty();
		assertThat(this.bench.nextRelease().id()).isEqualTo(ask.id());
		assertThat(this.bench.story).containsExactly("failed a TIMED_OUT");
	}

	@Test
	void aTimedWaitThatEndsInAnOutageSaysSo() {
		CompletableFuture<Optional<Lease>> lease = this.bench.tryAcquire("a", Duration.ofSeconds(1));
		answerEveryAskWithNoConnectionFor(Duration.ofSeconds(1));
		assertThatExceptionOfType(Exception.class).isThrownBy(lease::join)
			.withCauseInstanceOf(LockUnavailableException.class);
	}

	// The store cannot vouch for a grant

	@Test
	void aGrantThatTheStoreCannotVouchForFailsATryAndIsGivenBack() {
		CompletableFuture<Optional<Lease>> lease = this.bench.tryAcquire("a");
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		ask.answer().complete(new AcquireAnswer.Unconfirmed("no replica has it"));
		assertThat(this.bench.nextRelease().id()).isEqualTo(ask.id());
		assertThatExceptionOfType(Exception.class).isThrownBy(lease::join)
			.withCauseInstanceOf(LockUnavailableException.class)
			.withMessageContaining("no replica has it");
		assertThat(this.bench.run.keysInUse()).isZero();
	}

	@Test
	void aWaitGoesOnUnderAFreshIdAfterAGrantThatTheStoreCannotVouchFor() {
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		ask.queued(Duration.ofSeconds(10), 100);
		this.bench.store.listener().unconfirmed(ask.id(), "no replica has it");
		assertThat(this.bench.nextRelease().id()).isEqualTo(ask.id());
		this.bench.time.pass(Duration.ofMillis(50));
		ScriptedStore.Acquire again = this.bench.nextAsk();
		assertThat(again.id()).isNotEqualTo(ask.id());
		again.granted(101, 1);
		assertThat(lease.join().isValid()).isTrue();
	}

	@Test
	void anUntimedWaitBearsGrantsThatCannotBeVouchedForForOneTtl() {
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		for (int i = 0; i < 60; i++) {
			while (!this.bench.store.isQuiet()) {
				this.bench.nextAsk().answer().complete(new AcquireAnswer.Unconfirmed("no replica has it"));
				this.bench.nextRelease().confirmed();
			}
			assertThat(lease.isDone()).isEqualTo(lease.isCompletedExceptionally());
			this.bench.time.pass(Duration.ofMillis(200));
		}
		assertThat(lease).isCompletedExceptionally();
		assertThat(this.bench.story).containsExactly("failed a UNAVAILABLE");
	}

	@Test
	void whatTheStoreCannotVouchForAndNobodyWantsIsGivenBack() {
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		lease.cancel(false);
		this.bench.nextRelease().confirmed();
		ask.answer().complete(new AcquireAnswer.Unconfirmed("no replica has it"));
		assertThat(this.bench.nextRelease().id()).isEqualTo(ask.id());
	}

	@Test
	void everybodyWhoGivesUpIsThrownAnExceptionOfItsOwn() {
		CompletableFuture<Lease> first = this.bench.acquire("a");
		CompletableFuture<Lease> second = this.bench.acquire("a");
		answerEveryAskWithNoConnectionFor(Bench.TTL.plusMillis(400));
		assertThat(failureOf(first)).isInstanceOf(LockUnavailableException.class);
		assertThat(failureOf(second)).isInstanceOf(LockUnavailableException.class).isNotSameAs(failureOf(first));
		CompletableFuture<Lease> third = this.bench.acquire("a");
		CompletableFuture<Lease> fourth = this.bench.acquire("a");
		this.bench.run.endWaiting();
		assertThat(failureOf(third)).isInstanceOf(LockRegistryClosedException.class);
		assertThat(failureOf(fourth)).isInstanceOf(LockRegistryClosedException.class).isNotSameAs(failureOf(third));
	}

	// Losses

	@Test
	void aLeaseWhoseTimeIsOverIsInvalidBeforeAnybodyNotices() {
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		this.bench.nextAsk().granted(100, 1);
		this.bench.time.standStill(Bench.TTL.minus(Bench.MARGIN));
		assertThat(lease.join().isValid()).isFalse();
		assertThat(lease.join().remaining()).isZero();
	}

	@Test
	void aLostLeaseIsToldReleasedInTheStoreAndAskedForAgainByTheNext() {
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		ask.granted(100, 1);
		CompletableFuture<Lease> next = this.bench.acquire("a");
		this.bench.time.pass(Bench.TTL.dividedBy(4));
		this.bench.nextRenewal().all(new RenewVerdict.Lost(LossCause.TAKEN, "held by x"));
		assertThat(lease.join().isValid()).isFalse();
		assertThat(this.bench.nextRelease().id()).isEqualTo(ask.id());
		assertThat(this.bench.nextAsk().id()).isNotEqualTo(ask.id());
		assertThat(next).isNotDone();
		assertThat(this.bench.story).contains("lost a 100 TAKEN");
	}

	@Test
	void aLossThatCannotBeToldYetIsToldLaterAndKeepsTheNextInLineNotFromAsking() {
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		this.bench.nextAsk().granted(100, 1);
		List<LossCause> told = new ArrayList<>();
		lease.join().onLost(told::add);
		this.bench.wants("a");
		this.bench.time.pass(Bench.TTL.dividedBy(4));
		this.bench.threads.hasNoThreadLeft();
		this.bench.nextRenewal().all(new RenewVerdict.Lost(LossCause.TAKEN, "held by x"));
		this.bench.nextRelease();
		this.bench.nextAsk();
		assertThat(told).isEmpty();
		this.bench.time.pass(Duration.ofMillis(100));
		assertThat(told).containsExactly(LossCause.TAKEN);
	}

	@Test
	void aListenerThatIsNullIsRefusedWhereItIsGiven() {
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		this.bench.nextAsk().granted(100, 1);
		assertThatExceptionOfType(NullPointerException.class).isThrownBy(() -> lease.join().onLost(null))
			.withMessageContaining("listener");
	}

	@Test
	void aLeaseThatIsHeldForTooLongIsGivenUp() {
		CompletableFuture<Lease> lease = this.bench.acquire("a",
				LockOptions.defaults().withMaxHold(Duration.ofSeconds(1)));
		this.bench.nextAsk().granted(100, 1);
		this.bench.time.pass(Duration.ofSeconds(1));
		assertThat(lease.join().isValid()).isFalse();
		this.bench.nextRelease();
		assertThat(this.bench.story).containsExactly("acquired a 100", "lost a 100 OVERDUE");
	}

	@Test
	void nothingIsLeftWhenNobodyUsesTheKey() {
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		this.bench.nextAsk().granted(100, 1);
		this.bench.close(lease.join());
		this.bench.nextRelease().confirmed();
		assertThat(this.bench.run.keysInUse()).isZero();
		this.bench.time.pass(Duration.ofMinutes(1));
		assertThat(this.bench.time.alarms()).isZero();
	}

	@Test
	void aThousandKeysInTurnLeaveNoKeyLocksAndNoAlarms() {
		for (int i = 0; i < 1000; i++) {
			CompletableFuture<Lease> first = this.bench.acquire("key-" + i);
			CompletableFuture<Optional<Lease>> second = this.bench.tryAcquire("key-" + i, Duration.ofDays(1));
			this.bench.nextAsk().granted(i + 1, 64);
			this.bench.close(first.join());
			this.bench.close(second.join().orElseThrow());
			this.bench.nextRelease().confirmed();
		}
		assertThat(this.bench.run.keysInUse()).isZero();
		this.bench.time.pass(Duration.ofMinutes(1));
		assertThat(this.bench.time.alarms()).isZero();
	}

	private static Throwable failureOf(CompletableFuture<?> future) {
		assertThat(future).isCompletedExceptionally();
		return future.handle((value, failure) -> failure).join();
	}

	private void push(GrantId id, long token) {
		this.bench.store.listener().granted(new PushedGrant(id, token, 1));
	}

	private void answerEveryAskWithNoConnectionFor(Duration time) {
		long steps = time.toMillis() / 10;
		for (long i = 0; i < steps; i++) {
			while (!this.bench.store.isQuiet()) {
				this.bench.nextAsk().isNotSent();
			}
			this.bench.time.pass(Duration.ofMillis(10));
		}
	}

}
