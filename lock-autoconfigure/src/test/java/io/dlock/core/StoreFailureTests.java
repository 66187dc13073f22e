package io.dlock.core;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import io.dlock.Lease;
import io.dlock.LossCause;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A store that throws where it should have returned a failed stage, or that cannot be
 * linked: at each place where it is called.
 */
class StoreFailureTests {

	private final Bench bench = new Bench();

	static Throwable[] failures() {
		return new Throwable[] { new IllegalStateException("thrown"), new NoClassDefFoundError("thrown") };
	}

	@ParameterizedTest
	@MethodSource("failures")
	void anAskThatThrowsIsAskedAgain(Throwable failure) {
		this.bench.store.nextCommandThrows(failure);
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		this.bench.time.pass(Duration.ofMillis(50));
		this.bench.nextAsk().granted(100, 1);
		assertThat(lease).isCompleted();
	}

	@ParameterizedTest
	@MethodSource("failures")
	void aReleaseThatThrowsIsRepeated(Throwable failure) {
		Lease lease = hold("a");
		this.bench.store.nextCommandThrows(failure);
		this.bench.close(lease);
		this.bench.time.pass(Duration.ofMillis(100));
		this.bench.nextRelease().confirmed();
	}

	@ParameterizedTest
	@MethodSource("failures")
	void aYieldThatThrowsReleasesTheOldGrantAndAsksForTheNewOne(Throwable failure) {
		Lease lease = hold("a");
		this.bench.wants("a");
		this.bench.store.nextCommandThrows(failure);
		this.bench.close(lease);
		this.bench.nextRelease().confirmed();
		this.bench.time.pass(Duration.ofMillis(50));
		this.bench.nextAsk();
	}

	@ParameterizedTest
	@MethodSource("failures")
	void aRenewalThatThrowsIsRepeated(Throwable failure) {
		Lease lease = hold("a");
		this.bench.store.nextCommandThrows(failure);
		this.bench.time.pass(Bench.TTL.dividedBy(4).plusMillis(250));
		this.bench.nextRenewal().allRenewed();
		assertThat(lease.remaining()).isEqualTo(Bench.TTL.minus(Bench.MARGIN));
	}

	@ParameterizedTest
	@MethodSource("failures")
	void aReleaseAfterALossThatThrowsKeepsNobodyFromAsking(Throwable failure) {
		hold("a");
		this.bench.wants("a");
		this.bench.time.pass(Bench.TTL.dividedBy(4));
		ScriptedStore.Renew renewal = this.bench.nextRenewal();
		this.bench.store.nextCommandThrows(failure);
		renewal.all(new RenewVerdict.Lost(LossCause.TAKEN, "somebody"));
		this.bench.nextAsk();
	}

	private Lease hold(String key) {
		CompletableFuture<Lease> lease = this.bench.acquire(key);
		this.bench.nextAsk().granted(100, 1);
		return lease.join();
	}

}
