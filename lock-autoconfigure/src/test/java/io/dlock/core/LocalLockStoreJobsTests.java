package io.dlock.core;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what {@link LocalLockStore} does for jobs.
 */
class LocalLockStoreJobsTests extends LockStoreJobsContract {

	private static final Claim TICK = new Claim("each second", Claim.Kind.AT, 2000, LONG);

	LocalLockStoreJobsTests() {
		super(new LocalStoreUnderTest());
	}

	@Test
	void remembersATickForAsLongAsAnInstanceMayComeToIt() {
		this.one.claim(KEY, 1, TICK);
		this.one.release(KEY, 1);
		store().passTime(TICK.remembered().minusMillis(1));
		assertThat(this.two.claim(KEY, 1, TICK)).isInstanceOf(AcquireAnswer.AlreadyRan.class);
		store().passTime(Duration.ofMillis(1));
		assertThat(this.two.claim(KEY, 2, TICK)).isInstanceOf(AcquireAnswer.Granted.class);
	}

	@Test
	void remembersTheLastTickForAsLongAsTheOneBefore() {
		Claim yearly = new Claim("each year", Claim.Kind.AT, 2000, Duration.ofDays(365));
		this.one.claim(KEY, 1, yearly);
		this.one.release(KEY, 1);
		this.one.claim(KEY, 2, TICK);
		this.one.release(KEY, 2);
		store().passTime(yearly.remembered().minusMillis(1));
		assertThat(this.two.claim(KEY, 1, yearly)).isInstanceOf(AcquireAnswer.AlreadyRan.class);
	}

	@Test
	void forgetsKeysThatNobodyAsksForAgain() {
		for (int i = 0; i < 10_000; i++) {
			this.one.ask(KEY + i, i, SHORT, false, LONG, (i % 2 == 0) ? TICK : null);
			this.one.release(KEY + i, i);
			store().passTime(LONG);
		}
		assertThat(((LocalStoreUnderTest) store()).keys()).isLessThan(2 * (int) TICK.remembered().toMinutes());
	}

	@Test
	void forgetsAPeakWithTheNextKeyThatComesLaterOn() {
		for (int i = 0; i < 1000; i++) {
			this.one.ask(KEY + i, i, SHORT, false, LONG, null);
			this.one.release(KEY + i, i);
		}
		assertThat(((LocalStoreUnderTest) store()).keys()).isEqualTo(1000);
		store().passTime(LONG.multipliedBy(3));
		this.one.acquire(KEY, 1000, LONG);
		assertThat(((LocalStoreUnderTest) store()).keys()).isOne();
	}

	@Test
	void forgetsAKeyWhoseTickWasNotTaken() {
		this.one.acquire(KEY, 1, LONG);
		this.two.claim(KEY, 1, TICK);
		this.one.release(KEY, 1);
		assertThat(((LocalStoreUnderTest) store()).keys()).isZero();
	}

}
