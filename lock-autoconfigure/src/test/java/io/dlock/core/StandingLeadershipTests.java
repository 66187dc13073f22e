package io.dlock.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.dlock.Leadership;
import io.dlock.Lease;
import io.dlock.LockKind;
import io.dlock.LockOptions;
import io.dlock.LockRegistryClosedException;
import io.dlock.LossCause;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link StandingLeadership}.
 */
@Timeout(20)
class StandingLeadershipTests {

	private final Bench bench = new Bench();

	@Test
	void aLeadershipThatFindsNoThreadToTellOfItsWinTellsItLater() {
		Leadership leadership = this.bench.contend("a");
		this.bench.threads.hasNoThreadLeft();
		this.bench.nextAsk().granted(100, 1);
		assertThat(this.bench.story).isEmpty();
		assertThat(leadership.isLeader()).isTrue();
		this.bench.time.pass(Duration.ofMillis(100));
		assertThat(this.bench.story).containsExactly("acquired a 100");
	}

	@Test
	void leadsAsSoonAsTheLockIsGranted() {
		Leadership leadership = this.bench.contend("a");
		assertThat(leadership.key()).isEqualTo("a");
		assertThat(leadership.isLeader()).isFalse();
		assertThat(leadership.lease()).isEmpty();
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		assertThat(ask.request().waits()).isTrue();
		ask.granted(100, 1);
		assertThat(leadership.isLeader()).isTrue();
		assertThat(leadership.lease().orElseThrow().fencingToken()).isEqualTo(100);
		assertThat(this.bench.story).containsExactly("acquired a 100");
		assertThat(this.bench.kinds).containsExactly(LockKind.LEADERSHIP);
	}

	@Test
	void tellsOncePerRoundThatItHasFailedAndListens() {
		Leadership leadership = this.bench.contend("a");
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		ask.queued(Bench.TTL, 100);
		for (int i = 0; i < 5; i++) {
			this.bench.time.pass(Bench.TTL.dividedBy(3));
			this.bench.nextAsk().queued(Bench.TTL, 100);
		}
		assertThat(this.bench.story).containsExactly("failed a HELD", "listening a behind other at 1");
		this.bench.store.listener().granted(new PushedGrant(ask.id(), 101, 1));
		assertThat(leadership.isLeader()).isTrue();
		lose();
		this.bench.nextAsk().queued(Bench.TTL, 101);
		assertThat(leadership.isLeader()).isFalse();
		assertThat(this.bench.story).containsExactly("failed a HELD", "listening a behind other at 1", "acquired a 101",
				"lost a 101 TAKEN", "failed a HELD", "listening a behind other at 1");
	}

	@Test
	void tellsOfALossBeforeTheNextTermHoweverSoonThatBegins() {
		Leadership leadership = this.bench.contend("a");
		this.bench.nextAsk().granted(100, 1);
		this.bench.store.nextAskIsGranted(200);
		lose();
		assertThat(leadership.isLeader()).isTrue();
		assertThat(leadership.lease().orElseThrow().fencingToken()).isEqualTo(200);
		assertThat(this.bench.story).containsExactly("acquired a 100", "lost a 100 TAKEN", "acquired a 200");
	}

	@Test
	void contendsAgainWhenItsLeaseIsClosedByHand() {
		Leadership leadership = this.bench.contend("a");
		this.bench.nextAsk().granted(100, 1);
		this.bench.close(leadership.lease().orElseThrow());
		assertThat(leadership.isLeader()).isFalse();
		this.bench.nextRelease().confirmed();
		this.bench.nextAsk().granted(200, 1);
		assertThat(leadership.isLeader()).isTrue();
		assertThat(this.bench.story).containsExactly("acquired a 100", "released a 100", "acquired a 200");
	}

	@Test
	void neverGivesUpWhileTheStoreIsAway() {
		Leadership leadership = this.bench.contend("a");
		for (int i = 0; i < 10_000; i++) {
			while (!this.bench.store.isQuiet()) {
				this.bench.nextAsk().isNotSent();
			}
			this.bench.time.pass(Duration.ofMillis(500));
		}
		while (this.bench.store.isQuiet()) {
			this.bench.time.pass(Duration.ofMillis(10));
		}
		this.bench.nextAsk().granted(100, 1);
		assertThat(leadership.isLeader()).isTrue();
		assertThat(this.bench.story).containsExactly("acquired a 100");
	}

	@Test
	void closingGivesUpTheListening() {
		Leadership leadership = this.bench.contend("a");
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		ask.queued(Bench.TTL, 100);
		leadership.close();
		assertThat(this.bench.nextRelease().id()).isEqualTo(ask.id());
		leadership.close();
		assertThat(this.bench.store.isQuiet()).isTrue();
		assertThat(this.bench.run.keysInUse()).isZero();
		assertThat(this.bench.story).containsExactly("failed a HELD", "listening a behind other at 1");
	}

	@Test
	void closingGivesUpTheLock() {
		Leadership leadership = this.bench.contend("a");
		this.bench.nextAsk().granted(100, 1);
		CompletableFuture<Void> closed = CompletableFuture.runAsync(leadership::close);
		this.bench.store.await(ScriptedStore.Release.class).confirmed();
		closed.join();
		leadership.close();
		assertThat(leadership.isLeader()).isFalse();
		assertThat(leadership.lease()).isEmpty();
		assertThat(this.bench.store.isQuiet()).isTrue();
		assertThat(this.bench.run.keysInUse()).isZero();
		assertThat(this.bench.story).containsExactly("acquired a 100", "released a 100");
	}

	@Test
	void closingWhileAGrantIsUnderWayGivesItBack() {
		Leadership leadership = this.bench.contend("a");
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		leadership.close();
		assertThat(this.bench.nextRelease().id()).isEqualTo(ask.id());
		ask.granted(100, 1);
		assertThat(this.bench.nextRelease().id()).isEqualTo(ask.id());
		assertThat(leadership.isLeader()).isFalse();
		assertThat(this.bench.story).isEmpty();
	}

	@Test
	void closingBetweenTheGrantAndItsNewsEndsTheTermAtOnce() {
		List<Candidate> entered = new ArrayList<>();
		Instance instance = instance();
		StandingLeadership leadership = new StandingLeadership(leadershipOf("a"), instance, entered::add, (closed) -> {
		});
		leadership.contend();
		HeldLease lease = lease(instance);
		leadership.close();
		entered.get(0).decide(new Outcome.Served(lease));
		entered.get(0).news();
		assertThat(leadership.isLeader()).isFalse();
		assertThat(lease.isReleased()).isTrue();
		assertThat(entered).as("does not contend again").hasSize(1);
	}

	@Test
	void closingWhileTheBeginIsToldEndsTheTermAfterThat() {
		Leadership leadership = this.bench.contend("a");
		this.bench.reaction = (event) -> {
			CompletableFuture<Void> closed = CompletableFuture.runAsync(leadership::close);
			this.bench.store.await(ScriptedStore.Release.class).confirmed();
			closed.join();
			assertThat(this.bench.story).containsExactly("acquired a 100");
		};
		this.bench.nextAsk().granted(100, 1);
		assertThat(this.bench.story).containsExactly("acquired a 100", "released a 100");
		assertThat(this.bench.store.isQuiet()).isTrue();
	}

	@Test
	void aKeyHasOneLeadershipUntilThatIsClosed() {
		Leadership first = this.bench.contend("a");
		this.bench.nextAsk();
		assertThat(this.bench.contend("a")).isSameAs(first);
		assertThat(this.bench.store.isQuiet()).isTrue();
		first.close();
		this.bench.nextRelease();
		assertThat(this.bench.contend("a")).isNotSameAs(first);
		this.bench.nextAsk();
	}

	@Test
	void whoLocksTheSameKeyByHandStandsInLineBehindIt() {
		Leadership leadership = this.bench.contend("a");
		this.bench.nextAsk().granted(100, 1);
		CompletableFuture<Lease> byHand = this.bench.acquire("a");
		lose();
		this.bench.nextAsk().granted(200, 64);
		assertThat(leadership.isLeader()).isFalse();
		assertThat(byHand.join().fencingToken()).isEqualTo(200);
		assertThat(this.bench.story).containsExactly("acquired a 100", "listening a behind bench at 1",
				"lost a 100 TAKEN", "acquired a 200", "failed a HELD", "listening a behind bench at 1");
		this.bench.close(byHand.join());
		assertThat(leadership.lease().orElseThrow().fencingToken()).isEqualTo(201);
	}

	@Test
	void aClosedRegistryEndsTheListeningAndTakesNoLeadership() {
		Leadership leadership = this.bench.contend("a");
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		ask.queued(Bench.TTL, 100);
		this.bench.run.endWaiting();
		assertThat(this.bench.nextRelease().id()).isEqualTo(ask.id());
		assertThatExceptionOfType(LockRegistryClosedException.class).isThrownBy(() -> this.bench.contend("b"));
		leadership.close();
		assertThat(this.bench.store.isQuiet()).isTrue();
	}

	@Test
	void aTermThatIsLostWhileTheRegistryClosesIsTheLast() {
		this.bench.contend("a");
		this.bench.nextAsk().granted(100, 1);
		this.bench.run.endWaiting();
		lose();
		assertThat(this.bench.store.isQuiet()).isTrue();
		assertThat(this.bench.run.keysInUse()).isZero();
		assertThat(this.bench.story).containsExactly("acquired a 100", "lost a 100 TAKEN");
	}

	@Test
	void theEndOfTheRegistryReleasesTheLockAndNobodyContendsAgain() {
		Leadership leadership = this.bench.contend("a");
		this.bench.nextAsk().granted(100, 1);
		this.bench.run.end(Duration.ZERO);
		assertThat(leadership.isLeader()).isFalse();
		this.bench.nextRelease();
		assertThat(this.bench.store.isQuiet()).isTrue();
		assertThat(this.bench.story).containsExactly("acquired a 100", "released a 100");
		leadership.close();
	}

	@Test
	void aRegistryThatIsStartedAgainHasLeadershipsOfItsOwn() {
		LeasingLockRegistry registry = new LeasingLockRegistry(this.bench.store, this.bench.settings,
				new LockObserver() {
				});
		registry.start();
		this.bench.store.nextAskIsGranted(100);
		Leadership before = registry.contend("a");
		assertThat(before.isLeader()).isTrue();
		registry.stop(Duration.ZERO);
		assertThat(before.isLeader()).isFalse();
		assertThatExceptionOfType(LockRegistryClosedException.class).isThrownBy(() -> registry.contend("a"));
		registry.start();
		this.bench.store.nextAskIsGranted(200);
		Leadership after = registry.contend("a");
		assertThat(after).isNotSameAs(before);
		assertThat(after.isLeader()).isTrue();
		before.close();
		assertThat(after.isLeader()).as("what was before concerns nobody").isTrue();
		assertThat(registry.contend("a")).isSameAs(after);
		registry.stop(Duration.ZERO);
	}

	private void lose() {
		this.bench.time.pass(Bench.TTL.dividedBy(4));
		this.bench.nextRenewal().all(new RenewVerdict.Lost(LossCause.TAKEN, "held by x"));
		this.bench.nextRelease().confirmed();
	}

	private Wanted leadershipOf(String key) {
		return new Wanted(key, LeaseTerms.of(this.bench.settings, LockOptions.defaults()), LockKind.LEADERSHIP);
	}

	private Instance instance() {
		return Instance.of("bench", this.bench.settings, this.bench.store,
				new Instance.Environment(this.bench.time, this.bench.time,
						new Callbacks(new SameThreadExecutor(), this.bench.time)),
				new Narrator(null, new LockObserver() {
				}));
	}

	private HeldLease lease(Instance instance) {
		this.bench.store.nextAskIsGranted(100);
		BlockingCandidate candidate = new BlockingCandidate(leadershipOf("a"), Patience.ENDLESS, instance);
		new KeyLocks(instance).enter(candidate);
		return ((Outcome.Served) candidate.outcome()).lease();
	}

}
