package io.dlock.core;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import io.dlock.Lease;
import io.dlock.LockKind;
import io.dlock.LockOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what the state machine of a key does with {@link JobTerms}.
 */
class JobTermsTests {

	private static final Tick NOON = new Tick.At("cron", Instant.ofEpochMilli(12_000), Duration.ofSeconds(1));

	private final Bench bench = new Bench();

	@Test
	void aTickIsAskedForWithTheLock() {
		this.bench.time.pass(Duration.ofSeconds(5));
		CompletableFuture<Optional<Lease>> unused = attempt(Patience.NONE, new JobTerms(Duration.ofSeconds(3), NOON));
		AcquireRequest request = this.bench.nextAsk().request();
		assertThat(request.claim()).isEqualTo(new Claim("cron", Claim.Kind.AT, 12_000, Duration.ofSeconds(1)));
		assertThat(request.atLeast()).isEqualTo(Duration.ofSeconds(3));
	}

	@Test
	void howLongAgoATickWasDueIsSaidAnewWithEveryAsk() {
		long due = this.bench.time.nanoTime();
		CompletableFuture<Optional<Lease>> unused = attempt(Patience.UNTIMED,
				new JobTerms(Duration.ZERO, new Tick.Every(Duration.ofSeconds(60), due)));
		this.bench.time.pass(Duration.ofSeconds(1));
		this.bench.nextAsk().queued(Duration.ofMillis(1002), 100);
		this.bench.time.pass(Duration.ofSeconds(2));
		assertThat(this.bench.nextAsk().request().claim())
			.isEqualTo(new Claim("every PT1M", Claim.Kind.EVERY, 1002, Duration.ofSeconds(60)));
	}

	@Test
	void anAttemptEndsWhenItsTickWasTaken() {
		CompletableFuture<Optional<Lease>> attempt = attempt(Patience.NONE, new JobTerms(Duration.ZERO, NOON));
		this.bench.nextAsk().answer().complete(new AcquireAnswer.AlreadyRan("other", Instant.ofEpochMilli(12_000)));
		assertThat(attempt).isCompletedWithValue(Optional.empty());
		assertThat(this.bench.story).containsExactly("failed a ALREADY_RAN");
		assertThat(this.bench.store.isQuiet()).as("there is nothing to give back").isTrue();
		assertThat(this.bench.run.keysInUse()).isZero();
	}

	@Test
	void whoeverWantsNoTickIsNotSentAwayWithIt() {
		CompletableFuture<Optional<Lease>> unused = attempt(Patience.NONE, new JobTerms(Duration.ZERO, NOON));
		CompletableFuture<Optional<Lease>> other = this.bench.tryAcquire("a");
		ScriptedStore.Acquire first = this.bench.nextAsk();
		first.answer().complete(new AcquireAnswer.AlreadyRan("other", Instant.ofEpochMilli(12_000)));
		ScriptedStore.Acquire second = this.bench.nextAsk();
		assertThat(second.id()).isNotEqualTo(first.id());
		assertThat(second.request().claim()).isNull();
		second.granted(100, 1);
		assertThat(other.join()).isPresent();
	}

	@Test
	void aPushIsNoTick() {
		CompletableFuture<Optional<Lease>> attempt = attempt(Patience.UNTIMED, new JobTerms(Duration.ZERO, NOON));
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		ask.queued(Duration.ofSeconds(10), 100);
		this.bench.store.listener().granted(new PushedGrant(ask.id(), 101, 1));
		assertThat(attempt).isNotDone();
		ScriptedStore.Acquire again = this.bench.nextAsk();
		assertThat(again.id()).isEqualTo(ask.id());
		again.granted(101, 1);
		assertThat(attempt.join()).isPresent();
	}

	@Test
	void aPushThatOvertakesTheAnswerToItsAskIsNotWaitedForAgain() {
		CompletableFuture<Optional<Lease>> attempt = attempt(Patience.UNTIMED, new JobTerms(Duration.ZERO, NOON));
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		this.bench.store.listener().granted(new PushedGrant(ask.id(), 101, 1));
		ask.queued(Duration.ofSeconds(10), 100);
		this.bench.nextAsk().granted(101, 1);
		assertThat(attempt.join()).isPresent();
	}

	@Test
	void aPushThatTheStoreDoesNotKnowOfIsAskedForOnce() {
		CompletableFuture<Optional<Lease>> attempt = attempt(Patience.UNTIMED, new JobTerms(Duration.ZERO, NOON));
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		ask.queued(Duration.ofSeconds(10), 100);
		this.bench.store.listener().granted(new PushedGrant(ask.id(), 101, 1));
		this.bench.nextAsk().queued(Duration.ofSeconds(10), 100);
		assertThat(this.bench.store.isQuiet()).as("it waits again").isTrue();
		assertThat(attempt).isNotDone();
	}

	@Test
	void aPushThatOvertakesTheAnswerBringsNoTickToWhoeverWantsNone() {
		CompletableFuture<Optional<Lease>> tried = attempt(Patience.NONE, new JobTerms(Duration.ZERO, NOON));
		CompletableFuture<Lease> waiting = this.bench.acquire("a");
		ScriptedStore.Acquire ask = askAgainForAll();
		this.bench.store.listener().granted(new PushedGrant(ask.id(), 101, 1));
		ask.queued(Duration.ofSeconds(10), 100);
		assertThat(tried).isCompletedWithValue(Optional.empty());
		assertThat(this.bench.nextRelease().id()).isEqualTo(ask.id());
		ScriptedStore.Acquire own = this.bench.nextAsk();
		assertThat(own.request().claim()).isNull();
		own.granted(102, 1);
		assertThat(waiting).isCompleted();
	}

	@Test
	void aPushThatOvertakesTheAnswerIsGivenBackWhenNobodyIsLeftToBeServed() {
		CompletableFuture<Optional<Lease>> tried = attempt(Patience.NONE, new JobTerms(Duration.ZERO, NOON));
		CompletableFuture<Lease> waiting = this.bench.acquire("a");
		ScriptedStore.Acquire ask = askAgainForAll();
		this.bench.store.listener().granted(new PushedGrant(ask.id(), 101, 1));
		waiting.cancel(false);
		ask.queued(Duration.ofSeconds(10), 100);
		assertThat(tried).isCompletedWithValue(Optional.empty());
		assertThat(this.bench.nextRelease().id()).isEqualTo(ask.id());
		assertThat(this.bench.run.keysInUse()).isZero();
	}

	/** The first ask was for a try alone, and was not sent. */
	private ScriptedStore.Acquire askAgainForAll() {
		this.bench.nextAsk().isNotSent();
		this.bench.time.pass(Duration.ofMillis(50));
		return this.bench.nextAsk();
	}

	@Test
	void aPushedLockWhoseTickWasTakenIsGivenBack() {
		CompletableFuture<Optional<Lease>> attempt = attempt(Patience.UNTIMED, new JobTerms(Duration.ZERO, NOON));
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		ask.queued(Duration.ofSeconds(10), 100);
		this.bench.store.listener().granted(new PushedGrant(ask.id(), 101, 1));
		this.bench.nextAsk().answer().complete(new AcquireAnswer.AlreadyRan("other", Instant.ofEpochMilli(12_000)));
		assertThat(attempt).isCompletedWithValue(Optional.empty());
		assertThat(this.bench.nextRelease().id()).isEqualTo(ask.id());
	}

	@Test
	void aLockThatStaysTakenIsNotHandedOnInside() {
		CompletableFuture<Optional<Lease>> first = attempt(Patience.NONE, new JobTerms(Duration.ofSeconds(5), null));
		this.bench.nextAsk().granted(100, 64);
		CompletableFuture<Lease> second = this.bench.acquire("a");
		this.bench.close(first.join().orElseThrow());
		assertThat(second).isNotDone();
		this.bench.nextRelease();
		assertThat(this.bench.nextAsk().request().waits()).isTrue();
	}

	@Test
	void aLockIsNotHandedOnInsideToWhoeverWantsATick() {
		CompletableFuture<Lease> first = this.bench.acquire("a");
		this.bench.nextAsk().granted(100, 64);
		CompletableFuture<Optional<Lease>> unused = attempt(Patience.UNTIMED, new JobTerms(Duration.ZERO, NOON));
		this.bench.close(first.join());
		this.bench.nextRelease();
		assertThat(this.bench.nextAsk().request().claim()).isNotNull();
	}

	private CompletableFuture<Optional<Lease>> attempt(Patience patience, JobTerms job) {
		Wanted wanted = new Wanted("a", LeaseTerms.of(this.bench.settings, LockOptions.defaults(), job), LockKind.JOB);
		return this.bench.run.attemptAsync(wanted, patience, null, JobTermsTests::optional);
	}

	private static Optional<Lease> optional(@Nullable HeldLease lease) {
		return Optional.ofNullable(lease);
	}

}
