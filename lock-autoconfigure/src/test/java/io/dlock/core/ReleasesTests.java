package io.dlock.core;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;

import io.dlock.Lease;
import io.dlock.LockOptions;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Releases}.
 */
class ReleasesTests {

	private final Bench bench = new Bench();

	@Test
	void whatIsReleasedAgainIsRepeatedThoughTheEarlierReleaseIsConfirmed() {
		ScriptedStore.Acquire ask = giveUpAnAsk();
		ScriptedStore.Release earlier = this.bench.nextRelease();
		ask.granted(100, 1);
		ScriptedStore.Release later = this.bench.nextRelease();
		earlier.confirmed();
		later.timesOut();
		this.bench.time.pass(Duration.ofMillis(100));
		assertThat(this.bench.nextRelease().id()).isEqualTo(ask.id());
	}

	@Test
	void whatIsReleasedAgainNeedsNoRepetitionOfTheEarlierRelease() {
		ScriptedStore.Acquire ask = giveUpAnAsk();
		ScriptedStore.Release earlier = this.bench.nextRelease();
		ask.granted(100, 1);
		this.bench.nextRelease().confirmed();
		earlier.timesOut();
		this.bench.time.pass(Duration.ofMinutes(1));
		assertThat(this.bench.store.isQuiet()).isTrue();
		assertThat(this.bench.time.alarms()).isZero();
	}

	@Test
	void aConnectionThatIsThereAgainIsUsedAtOnceAndOnlyOnce() {
		ScriptedStore.Acquire ask = giveUpAnAsk();
		this.bench.nextRelease().timesOut();
		this.bench.store.listener().disconnected(new IllegalStateException("cut"));
		this.bench.store.listener().connected();
		ScriptedStore.Release retried = this.bench.nextRelease();
		this.bench.time.pass(Duration.ofMillis(500));
		assertThat(this.bench.store.isQuiet()).as("it is under way").isTrue();
		retried.confirmed();
		this.bench.time.pass(Duration.ofMinutes(1));
		assertThat(this.bench.store.isQuiet()).isTrue();
		assertThat(ask.id()).isEqualTo(retried.id());
	}

	@Test
	void aReleaseIsRepeatedUntilWhateverItWasToUndoHasRunOut() {
		giveUpAnAsk();
		Duration repeated = failReleasesFor(Bench.TTL.multipliedBy(3));
		assertThat(repeated).isBetween(Bench.TTL, Bench.TTL.plusSeconds(1));
		assertThat(this.bench.time.alarms()).isZero();
	}

	@Test
	void aReleaseThatCannotBeSentIsKeptUntilItCan() {
		ScriptedStore.Acquire ask = giveUpAnAsk();
		this.bench.store.allCommandsThrow(new NotSentException("no connection", null));
		this.bench.nextRelease().timesOut();
		this.bench.time.pass(Bench.TTL.multipliedBy(3));
		this.bench.store.allCommandsThrow(null);
		this.bench.time.pass(Duration.ofSeconds(1));
		ScriptedStore.Release release = this.bench.nextRelease();
		assertThat(release.id()).isEqualTo(ask.id());
		release.confirmed();
		this.bench.time.pass(Duration.ofMinutes(1));
		assertThat(this.bench.store.isQuiet()).isTrue();
		assertThat(this.bench.time.alarms()).isZero();
	}

	@Test
	void aReleaseOfALongGrantIsRepeatedForAsLong() {
		CompletableFuture<Lease> lease = this.bench.acquire("a", LockOptions.defaults().withTtl(Duration.ofMinutes(2)));
		this.bench.nextAsk().granted(100, 1);
		this.bench.close(lease.join());
		assertThat(failReleasesFor(Duration.ofMinutes(5))).isBetween(Duration.ofMinutes(2), Duration.ofSeconds(121));
	}

	@Test
	void whoWaitsForAConfirmationWaitsForNoLongerThanTheCommandTimeout() {
		Releases releases = releases();
		CompletableFuture<Void> first = release(releases, 1);
		this.bench.time.pass(Duration.ofMillis(500));
		CompletableFuture<Void> second = release(releases, 2);
		this.bench.time.pass(Duration.ofMillis(1499));
		assertThat(first).isNotDone();
		this.bench.time.pass(Duration.ofMillis(1));
		assertThat(first).isCompleted();
		assertThat(second).isNotDone();
		this.bench.time.pass(Duration.ofMillis(500));
		assertThat(second).isCompleted();
		assertThat(releases.allConfirmed()).as("others still wait for the store").isNotDone();
		assertThat(this.bench.time.alarms()).isZero();
	}

	@Test
	void whoWaitsForAConfirmationIsServedByARepetition() {
		CompletableFuture<Void> waiting = release(releases(), 1);
		this.bench.nextRelease().timesOut();
		this.bench.time.pass(Duration.ofMillis(100));
		assertThat(waiting).isNotDone();
		this.bench.nextRelease().confirmed();
		assertThat(waiting).isCompleted();
	}

	@Test
	void afterTheEndNobodyWaitsForAConfirmation() {
		Releases releases = releases();
		CompletableFuture<Void> before = release(releases, 1);
		releases.endWaiting();
		assertThat(before).isCompleted();
		assertThat(release(releases, 2)).isCompleted();
		assertThat(releases.allConfirmed()).isNotDone();
	}

	@Test
	void whoWaitsIsServedThoughTheGrantIsReleasedOnceMore() {
		Releases releases = releases();
		CompletableFuture<Void> waiting = release(releases, 1);
		ScriptedStore.Release first = this.bench.nextRelease();
		releases.forget(new GrantId("a", "me", 1), Bench.TTL);
		ScriptedStore.Release second = this.bench.nextRelease();
		first.timesOut();
		assertThat(waiting).isNotDone();
		second.confirmed();
		assertThat(waiting).isCompleted();
		assertThat(releases.allConfirmed()).isCompleted();
	}

	@Test
	void whoWaitsIsNotForgottenWhereTheGrantIsReleasedOnceMore() {
		Releases releases = releases();
		CompletableFuture<Void> waiting = release(releases, 1);
		this.bench.nextRelease().timesOut();
		this.bench.time.pass(Duration.ofMillis(50));
		releases.forget(new GrantId("a", "me", 1), Bench.TTL);
		this.bench.time.pass(Duration.ofMillis(1949));
		assertThat(waiting).isNotDone();
		this.bench.time.pass(Duration.ofMillis(1));
		assertThat(waiting).isCompleted();

		CompletableFuture<Void> another = release(releases, 2);
		releases.forget(new GrantId("a", "me", 2), Bench.TTL);
		releases.endWaiting();
		assertThat(another).isCompleted();
	}

	@Test
	void whoClosesALeaseIsServedThoughALateAnswerReleasesItOnceMore() {
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		this.bench.nextAsk().queued(Duration.ofSeconds(1), 50);
		this.bench.time.pass(Duration.ofSeconds(2));
		ScriptedStore.Acquire late = this.bench.nextAsk();
		this.bench.store.listener().granted(new PushedGrant(late.id(), 100, 1));
		CompletableFuture<Void> closed = CompletableFuture.runAsync(lease.join()::close);
		this.bench.store.await(ScriptedStore.Release.class).timesOut();
		late.granted(100, 1);
		this.bench.store.await(ScriptedStore.Release.class).confirmed();
		assertThat(closed).succeedsWithin(Duration.ofSeconds(10));
	}

	@Test
	void aReleaseThatIsMadeOnceMoreIsRepeatedForTheLongerTimeOfBoth() {
		Releases releases = releases();
		releases.forget(new GrantId("a", "me", 1), Duration.ofMinutes(2));
		releases.forget(new GrantId("a", "me", 1), Bench.TTL);
		assertThat(failReleasesFor(Duration.ofMinutes(5))).isBetween(Duration.ofMinutes(2), Duration.ofSeconds(121));
	}

	@Test
	void whoReleasesWhileOthersStopWaitingMakesNobodyWaitLonger() {
		Releases releases = releases();
		CompletableFuture<Void> first = release(releases, 1);
		this.bench.time.pass(Duration.ofMillis(500));
		CompletableFuture<Void> second = release(releases, 2);
		CompletableFuture<Void> third = new CompletableFuture<>();
		CompletableFuture<Void> unused = first
			.thenRun(() -> releases.release(new GrantId("a", "me", 3), Bench.TTL, third));
		this.bench.time.pass(Duration.ofMillis(1500));
		assertThat(first).isCompleted();
		this.bench.time.pass(Duration.ofMillis(500));
		assertThat(second).isCompleted();
		this.bench.time.pass(Duration.ofMillis(1499));
		assertThat(third).isNotDone();
		this.bench.time.pass(Duration.ofMillis(1));
		assertThat(third).isCompleted();
		assertThat(this.bench.time.alarms()).isZero();
	}

	@Test
	void nobodyWaitsForAReleaseThatHasFailedHere() {
		AtomicBoolean broken = new AtomicBoolean(true);
		Releases releases = releases((delay, task) -> {
			if (broken.getAndSet(false)) {
				throw new OutOfMemoryError("by way of trial");
			}
			return this.bench.time.after(delay, task);
		});
		CompletableFuture<Void> waiting = new CompletableFuture<>();
		assertThatExceptionOfType(OutOfMemoryError.class)
			.isThrownBy(() -> releases.release(new GrantId("a", "me", 1), Bench.TTL, waiting));
		assertThat(waiting).isCompleted();
		CompletableFuture<Void> next = release(releases, 2);
		this.bench.time.pass(Duration.ofSeconds(2));
		assertThat(next).isCompleted();
	}

	private Releases releases() {
		return releases(this.bench.time::after);
	}

	private Releases releases(BiFunction<Long, Runnable, Alarm.Cancellation> after) {
		Availability availability = new Availability("the store", this.bench.time, this.bench.time,
				Duration.ofSeconds(2));
		Alarm alarm = new Alarm() {

			@Override
			public Cancellation after(long delayNanos, Runnable task) {
				return after.apply(delayNanos, task);
			}

			@Override
			public void close() {
				ReleasesTests.this.bench.time.close();
			}

		};
		return new Releases(this.bench.store, this.bench.time, alarm, availability, Duration.ofSeconds(2));
	}

	private static CompletableFuture<Void> release(Releases releases, long counter) {
		CompletableFuture<Void> awaited = new CompletableFuture<>();
		releases.release(new GrantId("a", "me", counter), Bench.TTL, awaited);
		return awaited;
	}

	private ScriptedStore.Acquire giveUpAnAsk() {
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		lease.cancel(false);
		return ask;
	}

	/**
	 * Lets every release time out.
	 * @return when the last one was sent
	 */
	private Duration failReleasesFor(Duration time) {
		Duration last = Duration.ZERO;
		for (long passed = 0; passed < time.toMillis(); passed += 50) {
			while (!this.bench.store.isQuiet()) {
				this.bench.nextRelease().timesOut();
				last = Duration.ofMillis(passed);
			}
			this.bench.time.pass(Duration.ofMillis(50));
		}
		return last;
	}

}
