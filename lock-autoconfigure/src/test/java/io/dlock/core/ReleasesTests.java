package io.dlock.core;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import io.dlock.Lease;
import io.dlock.LockOptions;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

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

	private Releases releases() {
		Availability availability = new Availability("the store", this.bench.time, this.bench.time,
				Duration.ofSeconds(2));
		return new Releases(this.bench.store, this.bench.time, this.bench.time, availability, Duration.ofSeconds(2));
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
