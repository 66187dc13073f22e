package io.dlock.core;

import java.lang.ref.Reference;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.dlock.Lease;
import io.dlock.LockOptions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link AbandonedLeases}.
 */
class AbandonedLeasesTests {

	private final LogRecorder log = LogRecorder.of(AbandonedLeases.class);

	private final Bench bench = new Bench();

	@AfterEach
	void close() {
		this.log.close();
	}

	@Test
	void aHandleThatNobodyCanCloseAnyMoreIsReleasedWithAWarning() {
		takeAndDrop();
		awaitStory("acquired a 100", "released a 100");
		this.bench.nextRelease().confirmed();
		collectGarbage();
		assertThat(this.log.lines()).containsExactly(
				"WARN A lease of lock 'a' (token 100) was never closed and nobody can close it any more: released. Close"
						+ " leases in a try statement; set this logger to DEBUG to see where it was taken");
		assertThat(this.bench.run.keysInUse()).isZero();
		this.bench.time.pass(Bench.TTL); // an alarm that nobody needs any more still goes
											// off
		assertThat(this.bench.time.alarms()).isZero();
	}

	@Test
	void atDebugTheWarningSaysWhereTheHandleWasTaken() {
		this.log.at(Level.DEBUG);
		takeAndDrop();
		awaitStory("acquired a 100", "released a 100");
		ILoggingEvent warning = this.log.events().get(0);
		assertThat(warning.getFormattedMessage()).endsWith("Close leases in a try statement");
		assertThat(warning.getThrowableProxy().getStackTraceElementProxyArray())
			.anyMatch((frame) -> frame.getStackTraceElement().getMethodName().equals("takeAndDrop"));
	}

	@Test
	void aHandleThatIsClosedIsForgotten() {
		takeAndClose();
		collectGarbage();
		this.bench.time.pass(Bench.TTL);
		assertThat(this.log.lines()).isEmpty();
		assertThat(this.bench.time.alarms()).as("nothing is looked for any more").isZero();
		assertThat(this.bench.story).containsExactly("acquired a 100", "released a 100");
	}

	@Test
	void aHandleThatSomebodyHasIsLeftAlone() {
		CompletableFuture<Lease> lease = this.bench.acquire("a");
		this.bench.nextAsk().granted(100, 1);
		try {
			collectGarbage();
			assertThat(this.bench.story).containsExactly("acquired a 100");
		}
		finally {
			Reference.reachabilityFence(lease);
		}
	}

	@Test
	void aHandleOfALeaseThatWasLostIsForgottenInSilence() {
		takeAndDrop(LockOptions.defaults().withMaxHold(Duration.ofMillis(1)));
		this.bench.time.pass(Duration.ofMillis(1));
		this.bench.nextRelease().confirmed();
		await().untilAsserted(() -> {
			collectGarbage();
			assertThat(this.bench.time.alarms()).as("nothing is looked for any more").isZero();
		});
		assertThat(this.log.lines()).isEmpty();
	}

	private void takeAndDrop() {
		takeAndDrop(LockOptions.defaults());
	}

	private void takeAndDrop(LockOptions options) {
		this.bench.store.nextAskIsGranted(100);
		assertThat(this.bench.acquire("a", options)).isCompleted();
	}

	private void takeAndClose() {
		this.bench.store.nextAskIsGranted(100);
		Lease lease = this.bench.acquire("a").join();
		CompletableFuture<Void> closed = CompletableFuture.runAsync(lease::close);
		this.bench.store.await(ScriptedStore.Release.class).confirmed();
		closed.join();
	}

	private void awaitStory(String... events) {
		await().untilAsserted(() -> {
			collectGarbage();
			assertThat(this.bench.story).containsExactly(events);
		});
	}

	private void collectGarbage() {
		System.gc();
		this.bench.time.pass(Duration.ofSeconds(1));
	}

}
