package io.dlock.core;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import io.dlock.Lease;
import io.dlock.LockUnavailableException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Availability}: one warning when the store goes away, one line when it
 * is back, whatever goes wrong meanwhile.
 */
class AvailabilityTests {

	/** The command timeout, and the longest pause between two tries. */
	private static final Duration SETTLED = Duration.ofSeconds(3);

	private final LogRecorder log = LogRecorder.of(Availability.class);

	private final Bench bench = new Bench();

	@AfterEach
	void close() {
		this.log.close();
	}

	@Test
	void aConnectionThatIsLostAndFoundIsSaidOnceEach() {
		this.bench.store.listener().disconnected(new IllegalStateException("cut"));
		this.bench.store.listener().disconnected(new IllegalStateException("refused"));
		this.bench.wants("a");
		this.bench.nextAsk().isNotSent();
		this.bench.time.pass(Duration.ofSeconds(3));
		this.bench.store.listener().connected();
		this.bench.time.pass(SETTLED);
		assertThat(this.log.lines()).hasSize(2);
		assertThat(this.log.lines().get(0))
			.startsWith("WARN the scripted store does not answer, or refuses to (cut): held locks stay valid");
		assertThat(this.log.lines().get(1)).isEqualTo("INFO the scripted store is back after 3000 ms");
	}

	@Test
	void aConnectionThatComesAndGoesIsOneOutage() {
		for (int i = 0; i < 10; i++) {
			this.bench.store.listener().disconnected(new IllegalStateException("cut"));
			this.bench.time.pass(Duration.ofMillis(100));
			this.bench.store.listener().connected();
			this.bench.time.pass(Duration.ofMillis(100));
		}
		this.bench.time.pass(SETTLED);
		assertThat(this.log.lines()).hasSize(2);
		assertThat(this.log.lines().get(1)).isEqualTo("INFO the scripted store is back after 1900 ms");
	}

	@Test
	void aStallInWhichSomeCommandsAreAnsweredIsOneOutage() {
		ScriptedStore.Acquire[] asks = new ScriptedStore.Acquire[20];
		for (int i = 0; i < asks.length; i++) {
			this.bench.wants("key-" + i);
			asks[i] = this.bench.nextAsk();
		}
		for (int i = 0; i < asks.length; i += 2) {
			asks[i].timesOut();
			asks[i + 1].queued(Bench.TTL, 100);
		}
		this.bench.time.pass(SETTLED);
		assertThat(this.log.lines()).hasSize(2);
		assertThat(this.log.lines().get(1)).isEqualTo("INFO the scripted store is back after 0 ms");
	}

	@Test
	void aStoreThatRenewsButRefusesToGrantIsOneOutageUntilItGrants() {
		hold("held");
		this.bench.wants("refused");
		boolean refuses = true;
		for (int i = 0; i < 2000; i++) {
			refuses = i < 800;
			answerAll(refuses);
			this.bench.time.pass(Duration.ofMillis(10));
		}
		assertThat(this.log.lines()).hasSize(2);
		assertThat(this.log.lines().get(0)).contains("OOM command not allowed");
		assertThat(this.log.lines().get(1)).startsWith("INFO the scripted store is back after ");
	}

	@Test
	void anAnswerThatIsReadAfterTheConnectionWasLostEndsNoOutage() {
		this.bench.wants("a");
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		this.bench.store.listener().disconnected(new IllegalStateException("cut"));
		ask.queued(Bench.TTL, 100);
		this.bench.time.pass(SETTLED.multipliedBy(2));
		assertThat(this.log.lines()).hasSize(1);
	}

	@Test
	void whatWasNotSentSaysNothingNew() {
		this.bench.wants("a");
		this.bench.nextAsk().isNotSent();
		assertThat(this.log.lines()).isEmpty();
	}

	@Test
	void everyOutageIsSaid() {
		for (int i = 0; i < 3; i++) {
			this.bench.store.listener().disconnected(new IllegalStateException("cut"));
			this.bench.store.listener().connected();
			this.bench.time.pass(SETTLED);
		}
		assertThat(this.log.lines()).hasSize(6);
	}

	@Test
	void whatHasNoMessageIsCalledByItsName() {
		this.bench.store.listener().disconnected(new java.net.SocketTimeoutException());
		assertThat(this.log.lines().get(0)).contains("(java.net.SocketTimeoutException)");
	}

	@Test
	void anInterruptOfWhoeverAsksForAHolderIsNoOutage() {
		ScriptedStore store = new ScriptedStore();
		LeasingLockRegistry registry = new LeasingLockRegistry(store, this.bench.settings, new LockObserver() {
		});
		registry.start();
		store.holderIsNotAnswered();
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(() -> registry.holder("a"))
			.withMessageContaining("'a'")
			.withMessageContaining("interrupted");
		assertThat(Thread.interrupted()).isTrue();
		assertThat(this.log.lines()).isEmpty();
		registry.stop(Duration.ZERO);
	}

	private void hold(String key) {
		CompletableFuture<Lease> lease = this.bench.acquire(key);
		this.bench.nextAsk().granted(100, 1);
		assertThat(lease).isCompleted();
	}

	private void answerAll(boolean refuses) {
		while (!this.bench.store.isQuiet()) {
			ScriptedStore.Command command = this.bench.store.next(ScriptedStore.Command.class);
			if (command instanceof ScriptedStore.Renew renewal) {
				renewal.allRenewed();
			}
			else if (command instanceof ScriptedStore.Acquire ask && refuses) {
				ask.answer().completeExceptionally(new IllegalStateException("OOM command not allowed"));
			}
			else if (command instanceof ScriptedStore.Acquire ask) {
				ask.queued(Bench.TTL, 100);
			}
		}
	}

}
