package io.dlock.core;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import io.dlock.Lease;
import io.dlock.LockOptions;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link LeaseTerms}.
 */
class LeaseTermsTests {

	private static final Duration AGES = Duration.ofDays(365 * 1000);

	private final Bench bench = new Bench();

	@Test
	void theLongestHoldMayBeLongerThanNanosecondsCanSay() {
		CompletableFuture<Lease> lease = this.bench.acquire("a", LockOptions.defaults().withMaxHold(AGES));
		this.bench.nextAsk().granted(100, 1);
		assertThat(lease).isCompleted();
		assertThat(lease.join().isValid()).isTrue();
		this.bench.close(lease.join());
		assertThat(this.bench.story).containsExactly("acquired a 100", "released a 100");
	}

	@Test
	void aTtlOfMoreThanAYearIsRefusedBeforeAnythingIsSent() {
		assertThatExceptionOfType(IllegalArgumentException.class)
			.isThrownBy(() -> this.bench.acquire("a", LockOptions.defaults().withTtl(AGES)))
			.withMessageContaining("ttl is PT8760000H")
			.withMessageContaining("365 days");
		assertThat(this.bench.run.keysInUse()).isZero();
		CompletableFuture<Lease> lease = this.bench.acquire("a", LockOptions.defaults().withTtl(Duration.ofDays(365)));
		this.bench.nextAsk().granted(100, 1);
		assertThat(lease.join().remaining()).isEqualTo(Duration.ofDays(365).dividedBy(10).multipliedBy(9));
	}

	@Test
	void whoeverIsServedNextIsRenewedAsOftenAsItWants() {
		CompletableFuture<Lease> first = this.bench.acquire("a");
		CompletableFuture<Lease> second = this.bench.acquire("a",
				LockOptions.defaults().withRenewInterval(Duration.ofSeconds(1)));
		this.bench.nextAsk().granted(100, 64);
		this.bench.close(first.join());
		ScriptedStore.Yield yielded = this.bench.store.next(ScriptedStore.Yield.class);
		yielded.answer().complete(new AcquireAnswer.Granted(200, 1));
		assertThat(second).isCompleted();
		this.bench.time.pass(Duration.ofSeconds(1));
		assertThat(this.bench.nextRenewal().requests()).hasSize(1);
	}

	@Test
	void aRenewalIntervalThatIsLongerThanAnyTimeIsRefused() {
		LockOptions options = new LockOptions(null, Duration.ofSeconds(Long.MAX_VALUE), null);
		assertThatExceptionOfType(IllegalArgumentException.class)
			.isThrownBy(() -> LeaseTerms.of(this.bench.settings, options))
			.withMessageContaining("it must be at most half of the ttl");
	}

	@Test
	void aRenewalIntervalFollowsTheTtlUnlessItIsSet() {
		LeaseSettings settings = this.bench.settings;
		assertThat(LeaseTerms.of(settings, LockOptions.defaults()).renewInterval()).isEqualTo(settings.renewInterval());
		assertThat(LeaseTerms.of(settings, LockOptions.defaults().withTtl(Duration.ofSeconds(3))).renewInterval())
			.isEqualTo(Duration.ofSeconds(1));
		assertThat(LeaseTerms.of(settings, LockOptions.defaults().withRenewInterval(Duration.ofMillis(10)))
			.renewInterval()).isEqualTo(Duration.ofMillis(10));
		assertThatExceptionOfType(IllegalArgumentException.class)
			.isThrownBy(() -> LeaseTerms.of(settings, LockOptions.defaults().withRenewInterval(Duration.ofSeconds(6))))
			.withMessageContaining("renewInterval is PT6S");
	}

}
