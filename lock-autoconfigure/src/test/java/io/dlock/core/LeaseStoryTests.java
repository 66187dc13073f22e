package io.dlock.core;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import io.dlock.Leadership;
import io.dlock.Lease;
import io.dlock.LockOptions;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LeaseStory}: what a busy listener delays, and what it does not. The
 * listener is busy for as long as its reaction runs.
 */
class LeaseStoryTests {

	private static final Duration MOMENT = Duration.ofMillis(50);

	private static final Duration MAX_HOLD = Duration.ofMillis(10);

	private final Bench bench = new Bench();

	@Test
	void aLossWaitsForABusyListenerForAMomentOnlyAndIsToldAgainAfterTheBegin() {
		this.bench.reaction = (event) -> {
			this.bench.time.pass(MAX_HOLD);
			this.bench.time.pass(MOMENT.minusNanos(1));
			assertStory("acquired a 100");
			this.bench.time.pass(Duration.ofNanos(1));
			assertStory("acquired a 100", "lost a 100 OVERDUE");
			throw new IllegalStateException("as planned");
		};
		wantsForAShortTime();
		this.bench.nextAsk().granted(100, 1);
		this.bench.time.pass(Duration.ofSeconds(1));
		assertStory("acquired a 100", "lost a 100 OVERDUE", "lost again a 100 OVERDUE");
	}

	@Test
	void aLeadershipContendsAgainWhenAllHaveHeardOfItsEnd() {
		this.bench.reaction = (event) -> {
			this.bench.time.standStill(Bench.TTL);
			this.bench.run.held().forEach((lease) -> lease.grant().keyLock().loseIfExpired());
			this.bench.nextRelease().confirmed();
			this.bench.time.pass(MOMENT);
			assertStory("acquired a 100", "lost a 100 EXPIRED");
			assertThat(this.bench.store.isQuiet()).isTrue();
		};
		Leadership unused = this.bench.contend("a");
		this.bench.nextAsk().granted(100, 1);
		assertStory("acquired a 100", "lost a 100 EXPIRED", "lost again a 100 EXPIRED");
		this.bench.nextAsk();
	}

	@Test
	void aLossThatComesWhenTheBeginHasBeenToldDoesNotWait() {
		wantsForAShortTime();
		this.bench.nextAsk().granted(100, 1);
		this.bench.time.pass(MAX_HOLD);
		assertStory("acquired a 100", "lost a 100 OVERDUE");
	}

	@Test
	void aReleaseWaitsForABusyListenerHoweverLong() {
		this.bench.reaction = (event) -> {
			this.bench.run.held().forEach(HeldLease::letGo);
			this.bench.time.pass(Duration.ofMinutes(1));
			assertStory("acquired a 100");
		};
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		this.bench.nextAsk().granted(100, 1);
		assertStory("acquired a 100", "released a 100");
		assertThat(lease.join().isValid()).isFalse();
	}

	@Test
	void aLossIsNotToldBeforeABeginThatABusyListenerHasKeptBack() {
		wantsForAShortTime();
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		this.bench.reaction = (event) -> {
			this.bench.store.listener().granted(new PushedGrant(ask.id(), 101, 1));
			this.bench.time.pass(MAX_HOLD);
			this.bench.time.pass(MOMENT);
			assertStory("listening a behind other at 1", "acquired a 101", "lost a 101 OVERDUE");
		};
		ask.queued(Bench.TTL, 100);
		this.bench.time.pass(Duration.ofSeconds(1));
		assertStory("listening a behind other at 1", "acquired a 101", "lost a 101 OVERDUE");
	}

	@Test
	void aLossWaitsForAMomentOnlyThoughBothListenersAreBusy() {
		wantsForAShortTime();
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		this.bench.reaction = (event) -> {
			this.bench.reaction = (acquired) -> {
				this.bench.time.pass(MOMENT);
				assertStory("listening a behind other at 1", "acquired a 101", "lost a 101 OVERDUE");
			};
			this.bench.store.listener().granted(new PushedGrant(ask.id(), 101, 1));
			this.bench.time.pass(MAX_HOLD);
			this.bench.time.pass(MOMENT);
		};
		ask.queued(Bench.TTL, 100);
		assertStory("listening a behind other at 1", "acquired a 101", "lost a 101 OVERDUE",
				"lost again a 101 OVERDUE");
	}

	private void wantsForAShortTime() {
		this.bench.wants("a", LockOptions.defaults().withMaxHold(MAX_HOLD));
	}

	/** Within a reaction a failure is not heard: it is told again by the test itself. */
	private void assertStory(String... events) {
		if (!this.bench.story.equals(java.util.List.of(events))) {
			this.bench.story.add("instead of " + java.util.List.of(events));
		}
		assertThat(this.bench.story).containsExactly(events);
	}

}
