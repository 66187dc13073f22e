package io.dlock.core;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import io.dlock.Lease;
import io.dlock.LockOptions;
import io.dlock.LockUnavailableException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How long each attempt bears a store that is away, and what it is told then.
 */
class PatienceTests {

	private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(2);

	private final Bench bench = new Bench();

	@Test
	void anUntimedWaitCountsTheOutageFromTheSendingOfTheFirstAskThatWasNotAnswered() {
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		stallFor(Bench.TTL.minusMillis(500));
		assertThat(lease).isNotDone();
		stallFor(Duration.ofMillis(1500));
		assertThat(failureOf(lease)).isInstanceOf(LockUnavailableException.class);
	}

	@Test
	void anUntimedWaitThatHasWaitedInAQueueBearsAnOutageForOneTtlStill() {
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		for (int i = 0; i < 2; i++) {
			this.bench.nextAsk().queued(Bench.TTL, 100);
			this.bench.time.pass(Bench.TTL.dividedBy(3));
		}
		noConnectionFor(Bench.TTL.minusMillis(500));
		assertThat(lease).isNotDone();
		noConnectionFor(Duration.ofMillis(800));
		assertThat(failureOf(lease)).isInstanceOf(LockUnavailableException.class);
	}

	@Test
	void anUntimedWaitThatGoesOnUnderAnotherIdRemembersTheOutage() {
		this.bench.wants("a", LockOptions.defaults().withTtl(Duration.ofSeconds(3)));
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		noConnectionFor(Bench.TTL.plusMillis(400));
		assertThat(failureOf(lease)).isInstanceOf(LockUnavailableException.class);
	}

	@Test
	void aTimedWaitThatGoesOnUnderAnotherIdRemembersTheOutage() {
		CompletableFuture<Lease> first = this.bench.acquire("a", LockOptions.defaults().withTtl(Duration.ofSeconds(3)));
		CompletableFuture<Optional<Lease>> lease = this.bench.tryAcquire("a", Duration.ofSeconds(1));
		noConnectionFor(Duration.ofMillis(900));
		first.cancel(false);
		this.bench.time.pass(Duration.ofMillis(200));
		assertThat(failureOf(lease)).isInstanceOf(LockUnavailableException.class);
	}

	@Test
	void aTimedWaitWithoutAnyAnswerOfAStoreThatIsKnownToBeAwaySaysSo() {
		this.bench.wants("a");
		this.bench.nextAsk().timesOut();
		CompletableFuture<Optional<Lease>> lease = this.bench.tryAcquire("b", Duration.ofSeconds(1));
		this.bench.nextAsk();
		this.bench.time.pass(Duration.ofSeconds(1));
		assertThat(failureOf(lease)).isInstanceOf(LockUnavailableException.class);
	}

	@Test
	void aTimedWaitWhoseLastAnswerWasAPlaceInTheQueueEndsWithoutAnError() {
		CompletableFuture<Optional<Lease>> lease = this.bench.tryAcquire("a", Duration.ofSeconds(1));
		this.bench.nextAsk().queued(Bench.TTL, 100);
		this.bench.store.listener().disconnected(new IllegalStateException("cut"));
		this.bench.time.pass(Duration.ofSeconds(1));
		assertThat(lease).isCompletedWithValue(Optional.empty());
	}

	@Test
	void aTryBehindOneWhoWaitsForAStoreThatIsAwaySaysSo() {
		this.bench.wants("a");
		this.bench.nextAsk().timesOut();
		CompletableFuture<Optional<Lease>> tried = this.bench.tryAcquire("a");
		assertThat(failureOf(tried)).isInstanceOf(LockUnavailableException.class);
	}

	@Test
	void aStoreThatWasNeverReachedIsNotSaidToBeAwaySinceNow() {
		CompletableFuture<Optional<Lease>> tried = this.bench.tryAcquire("a");
		noConnectionFor(Duration.ofSeconds(3));
		assertThat(failureOf(tried)).isInstanceOf(LockUnavailableException.class)
			.hasMessage("Lock 'a' cannot be had: the scripted store has not answered in time");
	}

	@Test
	void aConnectionThatComesAndGoesKeepsNobodyBeyondItsTime() {
		CompletableFuture<Optional<Lease>> tried = this.bench.tryAcquire("a");
		CompletableFuture<Lease> waiting = this.bench.acquire("b");
		this.bench.nextAsk().isNotSent();
		this.bench.nextAsk().isNotSent();
		comeAndGoFor(Duration.ofMillis(1800));
		assertThat(tried).isNotDone();
		comeAndGoFor(Duration.ofMillis(800));
		assertThat(failureOf(tried)).isInstanceOf(LockUnavailableException.class);
		comeAndGoFor(Bench.TTL.minusMillis(2900));
		assertThat(waiting).isNotDone();
		comeAndGoFor(Duration.ofMillis(1200));
		assertThat(failureOf(waiting)).isInstanceOf(LockUnavailableException.class);
	}

	@Test
	void aPushIsNotMeasuredFromAnAskThatWasNeverSent() {
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		noConnectionFor(Bench.TTL.minusMillis(500));
		while (this.bench.store.isQuiet()) {
			this.bench.time.pass(Duration.ofMillis(10));
		}
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		this.bench.store.listener().granted(new PushedGrant(ask.id(), 101, 1));
		assertThat(lease).isCompleted();
		assertThat(lease.join().remaining()).isEqualTo(Bench.TTL.minus(Bench.MARGIN));
	}

	/**
	 * Commands are sent, but time out.
	 */
	private void stallFor(Duration time) {
		for (long passed = 0; passed < time.toMillis(); passed += 10) {
			eachAsk((ask) -> this.bench.time.after(COMMAND_TIMEOUT.toNanos(), ask::timesOut));
			this.bench.time.pass(Duration.ofMillis(10));
		}
	}

	private void noConnectionFor(Duration time) {
		for (long passed = 0; passed < time.toMillis(); passed += 10) {
			eachAsk(ScriptedStore.Acquire::isNotSent);
			this.bench.time.pass(Duration.ofMillis(10));
		}
	}

	/**
	 * Every 200 ms there is a connection, for a moment.
	 */
	private void comeAndGoFor(Duration time) {
		for (long passed = 0; passed < time.toMillis(); passed += 200) {
			this.bench.store.listener().disconnected(new IllegalStateException("cut"));
			this.bench.store.listener().connected();
			noConnectionFor(Duration.ofMillis(200));
		}
	}

	private void eachAsk(Consumer<ScriptedStore.Acquire> answer) {
		while (!this.bench.store.isQuiet()) {
			if (this.bench.store.next(ScriptedStore.Command.class) instanceof ScriptedStore.Acquire ask) {
				answer.accept(ask);
			}
		}
	}

	private static Throwable failureOf(CompletableFuture<?> future) {
		assertThat(future).isCompletedExceptionally();
		return future.handle((value, failure) -> failure).join();
	}

}
