package io.dlock.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.dlock.Lease;
import io.dlock.LockOptions;
import io.dlock.LossCause;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LeaseRenewer} and its {@link RenewalSchedule}.
 */
class LeaseRenewerTests {

	private static final Duration INTERVAL = Bench.TTL.dividedBy(4);

	private final Bench bench = new Bench();

	/** So that no handle becomes garbage, which would release its lease. */
	private final List<Lease> held = new ArrayList<>();

	@Test
	void renewsWhenTheIntervalIsOver() {
		Lease lease = hold("a", 100);
		this.bench.time.pass(INTERVAL.minusNanos(1));
		assertThat(this.bench.store.isQuiet()).isTrue();
		this.bench.time.pass(Duration.ofNanos(1));
		this.bench.nextRenewal().allRenewed();
		assertThat(lease.remaining()).isEqualTo(Bench.TTL.minus(Bench.MARGIN));
	}

	@Test
	void validityCountsFromTheSendingOfTheRenewalThatWasConfirmed() {
		Lease lease = hold("a", 100);
		this.bench.time.pass(INTERVAL);
		ScriptedStore.Renew renewal = this.bench.nextRenewal();
		this.bench.time.standStill(Duration.ofSeconds(2));
		renewal.allRenewed();
		assertThat(lease.remaining()).isEqualTo(Bench.TTL.minus(Bench.MARGIN).minusSeconds(2));
	}

	@Test
	void anUnknownVerdictIsAskedAgainAndExtendsNothing() {
		Lease lease = hold("a", 100);
		this.bench.time.pass(INTERVAL);
		this.bench.nextRenewal().all(new RenewVerdict.Unknown("TRYAGAIN"));
		assertThat(lease.remaining()).isEqualTo(Bench.TTL.minus(Bench.MARGIN).minus(INTERVAL));
		this.bench.time.pass(Duration.ofMillis(250));
		this.bench.nextRenewal().timesOut();
		this.bench.time.pass(Duration.ofMillis(250));
		this.bench.nextRenewal().allRenewed();
		assertThat(lease.remaining()).isEqualTo(Bench.TTL.minus(Bench.MARGIN));
		assertThat(this.bench.story).containsExactly("acquired a 100");
	}

	@Test
	void aGrantWithoutAnyConfirmationIsLostWhenItsTimeIsOver() {
		Lease lease = hold("a", 100);
		this.bench.time.pass(INTERVAL);
		ScriptedStore.Renew renewal = this.bench.nextRenewal();
		this.bench.time.pass(Bench.TTL.minus(Bench.MARGIN).minus(INTERVAL));
		assertThat(lease.isValid()).isFalse();
		assertThat(this.bench.story).containsExactly("acquired a 100", "lost a 100 EXPIRED");
		this.bench.nextRelease();
		renewal.allRenewed();
		assertThat(lease.isValid()).as("nothing extends what has run out").isFalse();
	}

	@Test
	void aRenewalWithoutAnswerNeverLeadsToAReleaseWhileTheGrantLives() {
		hold("a", 100);
		for (Duration passed = Duration.ZERO; passed.compareTo(Bench.TTL.minusSeconds(2)) < 0; passed = passed
			.plusMillis(50)) {
			this.bench.time.pass(Duration.ofMillis(50));
			while (!this.bench.store.isQuiet()) {
				this.bench.nextRenewal().timesOut();
			}
		}
		assertThat(this.bench.story).containsExactly("acquired a 100");
	}

	@Test
	void aConfirmationThatComesAfterTheEndIsNone() {
		Lease lease = hold("a", 100);
		this.bench.time.pass(INTERVAL);
		ScriptedStore.Renew renewal = this.bench.nextRenewal();
		this.bench.time.standStill(Bench.TTL);
		renewal.allRenewed();
		assertThat(lease.isValid()).isFalse();
		assertThat(this.bench.story).containsExactly("acquired a 100", "lost a 100 EXPIRED");
	}

	@Test
	void aVerdictOfLossEndsTheLeaseWithItsCause() {
		Lease lease = hold("a", 100);
		List<LossCause> told = new ArrayList<>();
		lease.onLost(told::add);
		this.bench.time.pass(INTERVAL);
		this.bench.nextRenewal().all(new RenewVerdict.Lost(LossCause.DELETED, "gone"));
		lease.onLost(told::add);
		assertThat(told).containsExactly(LossCause.DELETED, LossCause.DELETED);
		assertThat(this.bench.story).containsExactly("acquired a 100", "lost a 100 DELETED");
	}

	@Test
	void renewsTheGrantAndNotTheLeaseThatItServes() {
		CompletableFuture<Lease> first = this.bench.acquire("a");
		CompletableFuture<Lease> second = this.bench.acquire("a");
		this.bench.nextAsk().granted(100, 64);
		this.bench.close(first.join());
		this.bench.time.pass(INTERVAL);
		assertThat(this.bench.nextRenewal().requests()).extracting(RenewRequest::firstToken).containsExactly(100L);
		assertThat(second.join().fencingToken()).isEqualTo(101);
	}

	@Test
	void whatIsReleasedIsNotRenewed() {
		this.bench.close(hold("a", 100));
		this.bench.nextRelease().confirmed();
		this.bench.time.pass(Bench.TTL);
		assertThat(this.bench.store.isQuiet()).isTrue();
	}

	@Test
	void renewsAtOnceWhenAConnectionIsThereAgain() {
		hold("a", 100);
		this.bench.store.listener().disconnected(new IllegalStateException("cut"));
		this.bench.store.listener().connected();
		this.bench.time.pass(Duration.ZERO);
		assertThat(this.bench.nextRenewal().requests()).hasSize(1);
	}

	@Test
	void aLateReplySaysNothingOnWhatHasBeenBegunAnew() {
		Lease lease = hold("a", 100);
		this.bench.time.pass(INTERVAL);
		ScriptedStore.Renew former = this.bench.nextRenewal();
		this.bench.store.listener().connected();
		this.bench.time.pass(Duration.ZERO);
		ScriptedStore.Renew anew = this.bench.nextRenewal();
		former.allRenewed();
		assertThat(lease.remaining()).isEqualTo(Bench.TTL.minus(Bench.MARGIN));
		anew.timesOut();
		this.bench.time.pass(Duration.ofMillis(250));
		assertThat(this.bench.nextRenewal().requests()).hasSize(1);
		assertThat(this.bench.store.isQuiet()).isTrue();
	}

	@Test
	void ofGrantsThatAreRenewedTogetherEachRunsOutAtItsOwnTime() {
		Duration shorter = Duration.ofSeconds(4);
		hold("a", 100);
		CompletableFuture<Lease> other = this.bench.acquire("b", LockOptions.defaults().withTtl(shorter));
		this.bench.nextAsk().granted(101, 1);
		this.held.add(other.join());
		this.bench.time.pass(shorter.dividedBy(3));
		ScriptedStore.Renew renewal = this.bench.nextRenewal();
		assertThat(renewal.requests()).hasSize(2);
		this.bench.time.pass(shorter.minus(shorter.dividedBy(10)).minus(shorter.dividedBy(3)));
		assertThat(this.bench.story).containsExactly("acquired a 100", "acquired b 101", "lost b 101 EXPIRED");
		this.bench.nextRelease().confirmed();
		this.bench.time.pass(Bench.TTL.minus(Bench.MARGIN).minus(shorter.minus(shorter.dividedBy(10))));
		assertThat(this.bench.story).endsWith("lost b 101 EXPIRED", "lost a 100 EXPIRED");
		this.bench.nextRelease().confirmed();
		renewal.allRenewed();
		this.bench.time.pass(Bench.TTL);
		assertThat(this.bench.store.isQuiet()).isTrue();
	}

	@Test
	void ofGrantsThatAreRenewedTogetherEachGoesOnByItsOwnVerdict() {
		hold("a", 100);
		hold("b", 101);
		hold("c", 102);
		this.bench.time.pass(INTERVAL);
		this.bench.nextRenewal()
			.answer()
			.complete(List.of(new RenewVerdict.Renewed(), new RenewVerdict.Lost(LossCause.DELETED, "gone"),
					new RenewVerdict.Unknown("TRYAGAIN")));
		assertThat(this.bench.story).endsWith("lost b 101 DELETED");
		this.bench.nextRelease().confirmed();
		this.bench.time.pass(Duration.ofMillis(250));
		ScriptedStore.Renew again = this.bench.nextRenewal();
		assertThat(again.requests()).extracting((request) -> request.id().key()).containsExactly("c");
		again.allRenewed();
		this.bench.time.pass(INTERVAL.minusMillis(250));
		assertThat(this.bench.nextRenewal().requests()).extracting((request) -> request.id().key())
			.containsExactly("a", "c");
	}

	@Test
	void manyGrantsTakenAtOnceAreRenewedInFullBatchesEvenlySpread() {
		for (int i = 0; i < 1000; i++) {
			hold("key-" + i, 100 + i);
		}
		int periods = 8;
		List<Integer> perStep = new ArrayList<>();
		int commands = 0;
		int renewals = 0;
		for (int step = 0; step < 10 * periods; step++) {
			this.bench.time.pass(INTERVAL.dividedBy(10));
			int inStep = 0;
			while (!this.bench.store.isQuiet()) {
				ScriptedStore.Renew renewal = this.bench.nextRenewal();
				inStep += renewal.requests().size();
				commands++;
				renewal.allRenewed();
			}
			renewals += inStep;
			perStep.add(inStep);
		}
		assertThat(this.bench.story).allMatch((event) -> event.startsWith("acquired"));
		assertThat((double) renewals / commands).as("renewals a command").isGreaterThan(90);
		double mean = perStep.subList(10, perStep.size()).stream().mapToInt((each) -> each).average().orElseThrow();
		assertThat(perStep.subList(10, perStep.size())).as("worst tenth of a period, mean %s", mean)
			.allMatch((each) -> each <= 2.1 * mean);
		assertThat(renewals).as("hardly more often than needed").isBetween(1000 * (periods - 1), 1200 * periods);
	}

	private Lease hold(String key, long token) {
		CompletableFuture<Lease> lease = this.bench.acquire(key);
		this.bench.nextAsk().granted(token, 1);
		this.held.add(lease.join());
		return lease.join();
	}

}
