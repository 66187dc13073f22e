package io.dlock.core;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What every {@link LockStore} does for jobs: which instance runs a tick, and for how
 * long a key stays taken.
 */
public abstract class LockStoreJobsContract extends StoreContract {

	protected LockStoreJobsContract(StoreUnderTest store) {
		super(store);
	}

	@Test
	void givesATickOnceAndTellsWhoHadIt() {
		assertThat(this.one.claim(KEY, 1, at(2000))).isInstanceOf(AcquireAnswer.Granted.class);
		AcquireAnswer.AlreadyRan ran = new AcquireAnswer.AlreadyRan("app:one", Instant.ofEpochMilli(2000));
		assertThat(this.two.claim(KEY, 1, at(2000))).isEqualTo(ran);
		assertThat(this.two.claim(KEY, 2, at(3000))).isInstanceOf(AcquireAnswer.Held.class);
		this.one.release(KEY, 1);
		assertThat(this.two.claim(KEY, 3, at(2000))).isEqualTo(ran);
		assertThat(this.two.claim(KEY, 4, at(1999))).isEqualTo(ran);
		assertThat(this.one.claim(KEY, 2, at(2000))).isEqualTo(ran);
		assertThat(this.two.holder(KEY)).isEmpty();
		assertThat(this.two.claim(KEY, 5, at(3000))).isInstanceOf(AcquireAnswer.Granted.class);
	}

	@Test
	void givesTheSameTickToTheSameGrantAgain() {
		AcquireAnswer first = this.one.claim(KEY, 1, at(2000));
		assertThat(this.one.claim(KEY, 1, at(2000))).isEqualTo(first);
	}

	/**
	 * The clock of the store does not count where ticks are told by their planned times.
	 */
	@Test
	void givesATickOnceThoughTheClocksOfAllInstancesAreAheadOfTheStores() {
		Duration period = Duration.ofSeconds(1);
		long planned = System.currentTimeMillis() + Duration.ofHours(1).toMillis();
		Claim claim = new Claim("each second", Claim.Kind.AT, planned, period);
		assertThat(this.one.claim(KEY, 1, claim)).isInstanceOf(AcquireAnswer.Granted.class);
		this.one.release(KEY, 1);
		assertThat(this.two.claim(KEY, 1, claim)).isInstanceOf(AcquireAnswer.AlreadyRan.class);
		Claim next = new Claim("each second", Claim.Kind.AT, planned + 1000, period);
		assertThat(this.two.claim(KEY, 2, next)).isInstanceOf(AcquireAnswer.Granted.class);
	}

	@Test
	void keepsTheTicksOfEverySchedule() {
		this.one.claim(KEY, 1, at(2000));
		this.one.release(KEY, 1);
		Claim other = new Claim("at noon", Claim.Kind.AT, 1000, LONG);
		assertThat(this.two.claim(KEY, 1, other)).isInstanceOf(AcquireAnswer.Granted.class);
		this.two.release(KEY, 1);
		assertThat(this.two.claim(KEY, 2, at(2000))).isInstanceOf(AcquireAnswer.AlreadyRan.class);
		assertThat(this.two.tryTo(KEY, 3, LONG)).isInstanceOf(AcquireAnswer.Granted.class);
	}

	@Test
	void givesATickToAWaiterOnceItHoldsTheKey() {
		this.one.claim(KEY, 1, at(1000));
		assertThat(this.two.ask(KEY, 1, LONG, true, Duration.ZERO, at(2000))).isInstanceOf(AcquireAnswer.Queued.class);
		this.one.release(KEY, 1);
		this.two.awaitPush(KEY, 1);
		assertThat(this.two.ask(KEY, 1, LONG, true, Duration.ZERO, at(2000))).isInstanceOf(AcquireAnswer.Granted.class);
		assertThat(this.three.claim(KEY, 1, at(2000))).isInstanceOf(AcquireAnswer.AlreadyRan.class);
	}

	@Test
	void sendsAWaiterAwayWhoseTickWasTaken() {
		this.one.acquire(KEY, 1, LONG);
		this.two.ask(KEY, 1, LONG, true, Duration.ZERO, at(2000));
		this.three.ask(KEY, 1, LONG, true, Duration.ZERO, at(2000));
		this.one.release(KEY, 1);
		this.two.awaitPush(KEY, 1);
		this.two.ask(KEY, 1, LONG, true, Duration.ZERO, at(2000));
		assertThat(this.three.ask(KEY, 1, LONG, true, Duration.ZERO, at(2000)))
			.isInstanceOf(AcquireAnswer.AlreadyRan.class);
		this.two.release(KEY, 1);
		assertThat(this.two.holder(KEY)).isEmpty();
	}

	@Test
	void givesATickToAWaiterThatWasPushedTheKeyOnlyIfItIsThere() {
		this.one.acquire(KEY, 1, LONG);
		this.two.ask(KEY, 1, LONG, true, Duration.ZERO, at(2000));
		this.three.ask(KEY, 1, LONG, true, Duration.ZERO, at(2000));
		this.one.release(KEY, 1);
		this.two.ask(KEY, 1, LONG, true, Duration.ZERO, at(2000));
		this.two.release(KEY, 1);
		this.three.awaitPush(KEY, 1);
		assertThat(this.three.ask(KEY, 1, LONG, true, Duration.ZERO, at(2000)))
			.isInstanceOf(AcquireAnswer.AlreadyRan.class);
		this.three.release(KEY, 1);
		assertThat(this.two.holder(KEY)).isEmpty();
	}

	@Test
	void givesTheTicksThatAreLeftToWhoeverHoldsTheKey() {
		this.one.claim(KEY, 1, at(2000));
		this.one.release(KEY, 1);
		this.two.acquire(KEY, 1, LONG);
		assertThat(this.two.claimHolding(KEY, 1, 2, at(2000)))
			.isEqualTo(new ClaimAnswer.AlreadyRan("app:one", Instant.ofEpochMilli(2000)));
		assertThat(this.two.claimHolding(KEY, 1, 3, at(3000))).isEqualTo(new ClaimAnswer.Claimed());
		assertThat(this.two.claimHolding(KEY, 1, 3, at(3000))).isEqualTo(new ClaimAnswer.Claimed());
		assertThat(this.two.claimHolding(KEY, 1, 4, at(3000))).isInstanceOf(ClaimAnswer.AlreadyRan.class);
		assertThat(this.one.claimHolding(KEY, 1, 2, at(4000))).isEqualTo(new ClaimAnswer.NotHeld());
		assertThat(this.two.claimHolding(KEY, 1, 5, at(4000))).isEqualTo(new ClaimAnswer.Claimed());
	}

	@Test
	void forgetsTicksWithEverythingElse() {
		this.one.claim(KEY, 1, at(2000));
		this.one.release(KEY, 1);
		store().loseMemory();
		assertThat(this.two.claim(KEY, 1, at(2000))).isInstanceOf(AcquireAnswer.Granted.class);
	}

	/**
	 * Four instances, each in a phase of its own, come at slightly irregular times: one
	 * of them runs in each period.
	 */
	@Test
	void letsOneRunInEveryPeriodWhateverThePhases() {
		Duration period = Duration.ofSeconds(1000);
		Random random = new Random(42);
		Map<Long, Integer> runs = new TreeMap<>();
		long counter = 0;
		for (long round = 0; round < 50; round++) {
			for (long phase : new long[] { 0, 90, 500, 999 }) {
				long at = round * 1000 + phase + random.nextLong(2) - 1;
				long ago = Duration.ofSeconds(100_000 - at).toMillis();
				if (this.one.claim(KEY, ++counter,
						new Claim("every", Claim.Kind.EVERY, ago, period)) instanceof AcquireAnswer.Granted) {
					this.one.release(KEY, counter);
					runs.merge(Math.floorDiv(at + 500, 1000), 1, Integer::sum);
				}
			}
		}
		assertThat(runs.values()).containsOnly(1).hasSizeBetween(50, 51);
	}

	@Test
	void countsAPeriodFromTheLastTickAndNotFromWhenItRan() {
		Duration period = Duration.ofHours(1);
		this.one.claim(KEY, 1, every(period, Duration.ofMinutes(61)));
		this.one.release(KEY, 1);
		assertThat(this.two.claim(KEY, 1, every(period, Duration.ofMinutes(30))))
			.isInstanceOf(AcquireAnswer.AlreadyRan.class);
		assertThat(this.two.claim(KEY, 2, every(period, Duration.ZERO))).isInstanceOf(AcquireAnswer.Granted.class);
	}

	@Test
	void goesOnAtOnceWithAnInstanceInAnotherPhase() {
		Duration period = Duration.ofHours(1);
		this.one.claim(KEY, 1, every(period, Duration.ofMinutes(200)));
		this.one.release(KEY, 1);
		this.two.claim(KEY, 1, every(period, Duration.ofMinutes(100)));
		this.two.release(KEY, 1);
		assertThat(this.two.claim(KEY, 2, every(period, Duration.ofMinutes(40))))
			.isInstanceOf(AcquireAnswer.Granted.class);
	}

	@Test
	void countsAPeriodFromTheEndOfTheRun() {
		Claim after = new Claim("after", Claim.Kind.AFTER, 0, SHORT);
		this.one.claim(KEY, 1, after);
		store().passTime(SHORT);
		this.one.release(KEY, 1);
		assertThat(this.two.claim(KEY, 1, after)).isInstanceOf(AcquireAnswer.AlreadyRan.class);
		store().passTime(SHORT);
		assertThat(this.two.claim(KEY, 2, after)).isInstanceOf(AcquireAnswer.Granted.class);
	}

	@Test
	void keepsAKeyTakenForAsLongAsAJobWants() {
		Duration atLeast = SHORT.multipliedBy(3);
		assertThat(this.one.ask(KEY, 1, SHORT, false, atLeast, null)).isInstanceOf(AcquireAnswer.Granted.class);
		this.one.release(KEY, 1);
		stop(this.one);
		store().passTime(SHORT);
		assertThat(this.two.tryTo(KEY, 1, LONG)).isInstanceOfSatisfying(AcquireAnswer.Held.class,
				(held) -> assertThat(held.holder()).isEqualTo("app:one"));
		store().passTime(atLeast);
		assertThat(this.two.tryTo(KEY, 2, LONG)).isInstanceOf(AcquireAnswer.Granted.class);
	}

	@Test
	void keepsAKeyTakenThoughItsHolderVanishes() {
		this.one.ask(KEY, 1, SHORT, false, LONG, null);
		store().passTime(SHORT);
		assertThat(this.two.tryTo(KEY, 1, SHORT)).isInstanceOf(AcquireAnswer.Held.class);
	}

	@Test
	void doesNotShortenByRenewingWhatAJobWants() {
		AcquireAnswer.Granted granted = (AcquireAnswer.Granted) this.one.ask(KEY, 1, SHORT, false, LONG, null);
		this.one.renew(this.one.renewal(KEY, 1, granted, SHORT));
		assertThat(remaining()).isGreaterThan(SHORT);
		this.one.ask(KEY, 1, SHORT, false, LONG, null);
		assertThat(remaining()).isGreaterThan(SHORT);
	}

	@Test
	void handsOnAKeyThatHasBeenTakenForLongEnough() {
		this.one.ask(KEY, 1, LONG, false, SHORT, null);
		this.two.queue(KEY, 1, LONG);
		store().passTime(SHORT);
		this.one.release(KEY, 1);
		this.two.awaitPush(KEY, 1);
	}

	private static Claim at(long millis) {
		return new Claim("each second", Claim.Kind.AT, millis, LONG);
	}

	private static Claim every(Duration period, Duration ago) {
		return new Claim("every", Claim.Kind.EVERY, ago.toMillis(), period);
	}

}
