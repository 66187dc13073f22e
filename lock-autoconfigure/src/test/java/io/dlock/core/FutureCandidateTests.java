package io.dlock.core;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import io.dlock.Lease;
import io.dlock.LockOptions;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FutureCandidate}.
 */
class FutureCandidateTests {

	private final Bench bench = new Bench();

	@Test
	void aCancelledFutureIsAskedForNoResult() {
		AtomicInteger results = new AtomicInteger();
		CompletableFuture<String> future = this.bench.run.attemptAsync(this.bench.wanted("a", LockOptions.defaults()),
				Patience.UNTIMED, null, (lease) -> "result " + results.incrementAndGet());
		future.cancel(false);
		assertThat(results).as("there is none, and nobody to want it").hasValue(0);
		assertThat(this.bench.story).containsExactly("failed a INTERRUPTED");
	}

	@Test
	void theDeadlineOfAServedFutureIsCalledOff() {
		CompletableFuture<Optional<Lease>> lease = this.bench.tryAcquire("a", Duration.ofDays(1));
		this.bench.nextAsk().granted(100, 1);
		this.bench.close(lease.join().orElseThrow());
		this.bench.nextRelease().confirmed();
		this.bench.time.pass(Duration.ofMinutes(1));
		assertThat(this.bench.time.alarms()).isZero();
	}

	@Test
	void theDeadlineOfAFutureThatIsServedAtOnceIsCalledOff() {
		this.bench.store.nextAskIsGranted(100);
		CompletableFuture<Optional<Lease>> lease = this.bench.tryAcquire("a", Duration.ofDays(1));
		this.bench.close(lease.join().orElseThrow());
		this.bench.nextRelease().confirmed();
		this.bench.time.pass(Duration.ofMinutes(1));
		assertThat(this.bench.time.alarms()).isZero();
	}

	@Test
	void aLeaseThatComesTooLateIsGivenBackWithBothEvents() {
		CompletableFuture<Lease> future = this.bench.acquire("a");
		this.bench.reaction = (event) -> future.complete(null);
		this.bench.nextAsk().granted(100, 1);
		assertThat(this.bench.run.held()).isEmpty();
		this.bench.nextRelease();
		assertThat(this.bench.story).containsExactly("acquired a 100", "released a 100");
	}

}
