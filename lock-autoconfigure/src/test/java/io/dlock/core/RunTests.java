package io.dlock.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import io.dlock.Lease;
import io.dlock.LockKind;
import io.dlock.LockRegistry;
import io.dlock.testing.NewThreads;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Run}: above all for its end.
 */
@Timeout(20)
class RunTests {

	private static final LeaseSettings SETTINGS = new LeaseSettings("bench", Duration.ofSeconds(10),
			Duration.ofSeconds(3), Duration.ofMillis(100), Duration.ofSeconds(2));

	private final ScriptedStore store = new ScriptedStore();

	private final Told told = new Told();

	private final LeasingLockRegistry registry = new LeasingLockRegistry(this.store, SETTINGS, this.told);

	@Test
	void theEndReleasesWhatIsHeldAndTellsOfItBeforeTheStoreIsStopped() {
		hold("a", 100);
		CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> this.registry.stop(Duration.ofSeconds(10)));
		this.store.await(ScriptedStore.Release.class).confirmed();
		stopped.join();
		assertThat(this.told.events).containsExactly("acquired a", "released a");
		assertThat(this.store.listener()).as("the store is stopped").isNull();
	}

	@Test
	void theEndWaitsForTheStoreThoughItsThreadIsInterruptedAndKeepsTheInterrupt() {
		hold("a", 100);
		CompletableFuture<Boolean> stopped = CompletableFuture.supplyAsync(() -> {
			Thread.currentThread().interrupt();
			this.registry.stop(Duration.ofSeconds(10));
			return Thread.interrupted();
		});
		ScriptedStore.Release release = this.store.await(ScriptedStore.Release.class);
		assertThat(this.store.listener()).as("the store is not stopped").isNotNull();
		release.confirmed();
		assertThat(stopped.join()).as("interrupted").isTrue();
		assertThat(this.told.events).containsExactly("acquired a", "released a");
	}

	@Test
	void aStoreThatConfirmsNothingDelaysTheEndForAsLongAsAllowedAndNoListenerIsBlamed() {
		hold("a", 100);
		try (LogRecorder log = LogRecorder.of(Run.class)) {
			long begin = System.nanoTime();
			this.registry.stop(Duration.ofMillis(200));
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofMillis(200),
					Duration.ofSeconds(2));
			assertThat(log.lines()).containsExactly(
					"WARN the scripted store did not confirm all releases at shutdown: others get these locks when"
							+ " their TTL is over");
		}
		assertThat(this.told.events).containsExactly("acquired a", "released a");
	}

	@Test
	void whoWaitsForAConfirmationIsNotLeftBehindByTheEnd() {
		LeaseSettings patient = new LeaseSettings("bench", Duration.ofSeconds(10), Duration.ofSeconds(3),
				Duration.ofMillis(100), Duration.ofHours(1));
		LeasingLockRegistry patientRegistry = new LeasingLockRegistry(this.store, patient, this.told);
		patientRegistry.start();
		this.store.nextAskIsGranted(100);
		Lease lease = patientRegistry.get("a").tryAcquire().orElseThrow();
		CompletableFuture<Void> closed = CompletableFuture.runAsync(lease::close);
		this.store.await(ScriptedStore.Release.class);
		assertThat(closed).isNotDone();
		patientRegistry.stop(Duration.ofMillis(100));
		assertThat(closed).succeedsWithin(Duration.ofSeconds(10));
	}

	@Test
	void aListenerThatBlocksDelaysTheEndForAsLongAsAllowed() {
		hold("a", 100);
		CountDownLatch never = new CountDownLatch(1);
		this.told.reaction = () -> awaitQuietly(never);
		try (LogRecorder log = LogRecorder.of(Run.class)) {
			CompletableFuture<Void> stopped = CompletableFuture
				.runAsync(() -> this.registry.stop(Duration.ofMillis(300)));
			this.store.await(ScriptedStore.Release.class).confirmed();
			stopped.join();
			assertThat(log.lines()).containsExactly("WARN Listeners of dlock were still busy after 300 ms of shutdown");
		}
		finally {
			never.countDown();
		}
		assertThat(this.registry.isRunning()).isFalse();
	}

	@Test
	void aStoreThatDoesNotStartLeavesTheRegistryClosed() {
		NewThreads threads = new NewThreads();
		this.store.nextStartThrows(new IllegalStateException("no such host"));
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(this.registry::start)
			.withMessage("no such host");
		Awaitility.await().untilAsserted(() -> assertThat(threads.names()).isEmpty());
		assertThat(this.registry.isRunning()).isFalse();
		hold("a", 100);
		assertThat(this.registry.leases()).hasSize(1);
		this.registry.stop(Duration.ZERO);
	}

	@Test
	void aStoreThatDoesNotStopLeavesTheRegistryClosed() {
		this.registry.start();
		this.store.nextStopThrows(new IllegalStateException("stuck"));
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> this.registry.stop(Duration.ofSeconds(1)))
			.withMessage("stuck");
		assertThat(this.registry.isRunning()).isFalse();
		this.registry.start();
		assertThat(this.registry.isRunning()).isTrue();
		this.registry.stop(Duration.ofSeconds(1));
	}

	private void hold(String key, long token) {
		this.registry.start();
		this.store.nextAskIsGranted(token);
		Lease lease = this.registry.get(key).tryAcquire().orElseThrow();
		this.told.held.add(lease);
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** Keeps the handles as well, so that none becomes garbage. */
	private static final class Told implements LockObserver {

		private final List<String> events = java.util.Collections.synchronizedList(new ArrayList<>());

		private final List<Lease> held = new ArrayList<>();

		private Runnable reaction = () -> {
		};

		@Override
		public void acquired(LockRegistry registry, String key, LockKind kind, long fencingToken, Duration waited) {
			this.events.add("acquired " + key);
		}

		@Override
		public void released(LockRegistry registry, String key, LockKind kind, long fencingToken, Duration held) {
			this.events.add("released " + key);
			this.reaction.run();
		}

	}

}
