package io.dlock.core;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.dlock.DistributedLock;
import io.dlock.Leadership;
import io.dlock.Lease;
import io.dlock.LeaseLostException;
import io.dlock.LockOptions;
import io.dlock.LockRegistryClosedException;
import io.dlock.LossCause;
import io.dlock.testing.NewThreads;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link LeasingLock}, as its callers see it, in one process.
 */
@Timeout(30)
class LeasingLockTests {

	private final NewThreads threads = new NewThreads();

	private final LocalLocks memory = new LocalLocks(System::nanoTime);

	private final LeasingLockRegistry registry = registry("here");

	private final LeasingLockRegistry elsewhere = registry("elsewhere");

	private final ExecutorService others = Executors.newCachedThreadPool();

	private final DistributedLock lock = this.registry.get("a");

	@BeforeEach
	void start() {
		this.registry.start();
		this.elsewhere.start();
	}

	@AfterEach
	void stop() {
		this.registry.stop(Duration.ofSeconds(2));
		this.elsewhere.stop(Duration.ofSeconds(2));
		this.others.shutdownNow();
	}

	// Owned by the thread

	@Test
	void aThreadEntersAgainAndHoldsUntilItsLastUnlock() {
		this.lock.lock();
		this.lock.lock();
		assertThat(this.lock.tryLock()).isTrue();
		long token = this.lock.currentLease().orElseThrow().fencingToken();
		this.lock.unlock();
		this.lock.unlock();
		assertThat(isFreeElsewhere()).isFalse();
		assertThat(this.lock.currentLease().orElseThrow().fencingToken()).isEqualTo(token);
		this.lock.unlock();
		assertThat(isFreeElsewhere()).isTrue();
		assertThat(this.lock.currentLease()).isEmpty();
	}

	@Test
	void reentryGoesByKeyAndNotByLockObject() {
		this.lock.lock();
		DistributedLock other = this.registry.get("a", LockOptions.defaults().withTtl(Duration.ofSeconds(3)));
		assertThat(other.tryLock()).isTrue();
		other.unlock();
		this.lock.unlock();
		assertThat(isFreeElsewhere()).isTrue();
	}

	@Test
	void unlockByAThreadThatDoesNotHoldItIsAnError() throws Exception {
		assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(this.lock::unlock)
			.withMessageContaining("'a'");
		this.lock.lock();
		Future<?> other = this.others.submit(this.lock::unlock);
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(other::get)
			.withCauseExactlyInstanceOf(IllegalMonitorStateException.class);
		this.lock.unlock();
		assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(this.lock::unlock);
	}

	@Test
	void lockWaitsUntilItIsReleased() throws Exception {
		this.lock.lock();
		Future<Boolean> other = this.others.submit(() -> {
			this.elsewhere.get("a").lock();
			return true;
		});
		assertThatExceptionOfType(java.util.concurrent.TimeoutException.class)
			.isThrownBy(() -> other.get(100, TimeUnit.MILLISECONDS));
		this.lock.unlock();
		assertThat(other.get()).isTrue();
	}

	@Test
	void aTimedTryEndsOnTime() throws Exception {
		Lease held = this.elsewhere.get("a").acquire();
		long begin = System.nanoTime();
		assertThat(this.lock.tryLock(200, TimeUnit.MILLISECONDS)).isFalse();
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofMillis(200),
				Duration.ofMillis(1200));
		held.close();
	}

	@Test
	void aTryWithoutTimeIsOneTry() throws Exception {
		assertThat(this.lock.tryLock(0, TimeUnit.SECONDS)).isTrue();
		this.lock.unlock();
		assertThat(this.lock.tryLock(-1, TimeUnit.SECONDS)).isTrue();
		assertThat(this.elsewhere.get("a").tryLock(-1, TimeUnit.SECONDS)).isFalse();
		this.lock.unlock();
	}

	@Test
	void timesBeyondNanosecondsAreEndlessAndNegativeOnesAreOneTry() throws Exception {
		Duration ages = Duration.ofDays(365 * 1000);
		assertThat(this.lock.tryLock(Long.MAX_VALUE, TimeUnit.DAYS)).isTrue();
		this.lock.unlock();
		this.lock.tryAcquire(ages).orElseThrow().close();
		this.lock.tryAcquireAsync(ages).get().orElseThrow().close();
		assertThat(this.lock.tryCall(ages, () -> "done")).contains("done");
		Lease held = this.elsewhere.get("a").acquire();
		Future<Boolean> waiting = this.others.submit(() -> {
			boolean locked = this.lock.tryLock(Long.MAX_VALUE, TimeUnit.DAYS);
			this.lock.unlock();
			return locked;
		});
		CompletableFuture<Optional<Lease>> future = this.lock.tryAcquireAsync(ages);
		assertThat(this.lock.tryLock(Long.MIN_VALUE, TimeUnit.DAYS)).isFalse();
		assertThat(this.lock.tryAcquire(ages.negated())).isEmpty();
		assertThat(this.lock.tryAcquireAsync(ages.negated()).get()).isEmpty();
		assertThat(waiting).isNotDone();
		held.close();
		future.get().orElseThrow().close();
		assertThat(waiting.get()).isTrue();
	}

	@Test
	void whatIsNullIsNamedBeforeAnythingIsTaken() {
		assertNames("unit", () -> this.lock.tryLock(1, null));
		assertNames("wait", () -> this.lock.tryAcquire(null));
		assertNames("wait", () -> this.lock.tryAcquireAsync(null));
		assertNames("work", () -> this.lock.call(null));
		assertNames("work", () -> this.lock.tryCall(null));
		assertNames("work", () -> this.lock.tryCall(Duration.ZERO, null));
		assertNames("wait", () -> this.lock.tryCall(null, () -> "done"));
		assertNames("key", () -> this.registry.get(null));
		assertNames("key", () -> this.registry.contend(null));
		assertNames("key", () -> this.registry.holder(null));
		assertNames("options", () -> this.registry.get("a", null));
		assertThat(isFreeElsewhere()).isTrue();
		this.lock.lock();
		assertNames("unit", () -> this.lock.tryLock(1, null));
		assertNames("wait", () -> this.lock.tryCall(null, () -> "done"));
		this.lock.unlock();
		assertThat(isFreeElsewhere()).isTrue();
	}

	@Test
	void anInterruptEndsAnInterruptibleWaitAndLeavesNothingBehind() throws Exception {
		Lease held = this.elsewhere.get("a").acquire();
		AtomicReference<Exception> thrown = new AtomicReference<>();
		Thread waiting = start(() -> {
			try {
				this.lock.lockInterruptibly();
			}
			catch (InterruptedException ex) {
				thrown.set(ex);
			}
		});
		awaitParked(waiting);
		waiting.interrupt();
		waiting.join();
		assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
		held.close();
		assertThat(isFreeElsewhere()).isTrue();
	}

	@Test
	void anInterruptDoesNotEndLockAndIsKept() throws Exception {
		Lease held = this.elsewhere.get("a").acquire();
		AtomicReference<Boolean> flag = new AtomicReference<>();
		Thread waiting = start(() -> {
			this.lock.lock();
			flag.set(Thread.interrupted());
			this.lock.unlock();
		});
		awaitParked(waiting);
		waiting.interrupt();
		awaitParked(waiting);
		held.close();
		waiting.join();
		assertThat(flag.get()).isTrue();
	}

	@Test
	void anInterruptedThreadDoesNotEvenAsk() {
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class).isThrownBy(this.lock::lockInterruptibly);
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> this.lock.tryLock(1, TimeUnit.DAYS));
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class).isThrownBy(this.lock::acquire);
		assertThat(isFreeElsewhere()).isTrue();
	}

	@Test
	void unlockOfAnInterruptedThreadReleasesAndKeepsTheFlag() {
		this.lock.lock();
		Thread.currentThread().interrupt();
		this.lock.unlock();
		assertThat(Thread.interrupted()).isTrue();
		assertThat(isFreeElsewhere()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void fourHundredInterruptsAtRandomTimesLeaveNothingBehind(boolean contended) throws Exception {
		AtomicInteger held = new AtomicInteger();
		for (int i = 0; i < 400; i++) {
			Lease other = contended ? this.elsewhere.get("a").acquire() : null;
			CountDownLatch begun = new CountDownLatch(1);
			Thread waiting = start(() -> {
				begun.countDown();
				try {
					this.lock.lockInterruptibly();
					held.incrementAndGet();
					this.lock.unlock();
				}
				catch (InterruptedException ex) {
					assertThat(this.lock.currentLease()).isEmpty();
				}
			});
			begun.await();
			spin(i * 500L);
			waiting.interrupt();
			if (other != null) {
				other.close();
			}
			waiting.join();
		}
		await().untilAsserted(() -> assertThat(this.memory.holder("a")).isEmpty());
		assertThat(isFreeElsewhere()).isTrue();
	}

	@Test
	void afterALossUnlockAndReentryTellOfIt() {
		DistributedLock lock = this.registry.get("a", LockOptions.defaults().withMaxHold(Duration.ofMillis(50)));
		lock.lock();
		lock.lock();
		Lease lease = lock.currentLease().orElseThrow();
		await().until(() -> !lease.isValid());
		assertThatExceptionOfType(LeaseLostException.class).isThrownBy(lock::lock)
			.satisfies((lost) -> assertThat(lost.getLossCause()).isEqualTo(LossCause.OVERDUE));
		assertThatExceptionOfType(LeaseLostException.class).isThrownBy(lock::tryLock);
		assertThatExceptionOfType(LeaseLostException.class).isThrownBy(lock::unlock);
		assertThatExceptionOfType(LeaseLostException.class).isThrownBy(lock::unlock);
		assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(lock::unlock)
			.isNotInstanceOf(LeaseLostException.class);
		lock.lock();
		lock.unlock();
	}

	@Test
	void thereAreNoConditions() {
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(this.lock::newCondition);
	}

	// Owned by the handle

	@Test
	void aLeaseBelongsToWhoeverHasIt() throws Exception {
		Lease lease = this.lock.acquire();
		assertThat(this.lock.tryAcquire()).isEmpty();
		assertThat(this.lock.currentLease()).isEmpty();
		this.others.submit(lease::close).get();
		assertThat(lease.isValid()).isFalse();
		assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(lease::requireValid)
			.withMessageContaining("released");
		lease.close();
		assertThat(isFreeElsewhere()).isTrue();
	}

	@Test
	void aThreadThatWouldWaitForItselfIsTold() throws Exception {
		this.lock.lock();
		assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(this.lock::acquire)
			.withMessageContaining("wait for itself");
		assertThatExceptionOfType(IllegalMonitorStateException.class)
			.isThrownBy(() -> this.lock.tryAcquire(Duration.ofSeconds(1)));
		assertThat(this.lock.tryAcquire()).isEmpty();
		assertThat(this.lock.tryAcquire(Duration.ZERO)).as("does not wait").isEmpty();
		this.lock.unlock();
		this.lock.acquire().close();
	}

	@Test
	void aLostLeaseClosesSilently() throws Exception {
		Lease lease = this.registry.get("a", LockOptions.defaults().withMaxHold(Duration.ofMillis(20))).acquire();
		await().until(() -> !lease.isValid());
		assertThatExceptionOfType(LeaseLostException.class).isThrownBy(lease::requireValid);
		lease.close();
	}

	@Test
	void tokensGrowFromLeaseToLease() throws Exception {
		long last = 0;
		for (int i = 0; i < 50; i++) {
			try (Lease lease = (i % 2 == 0) ? this.lock.acquire() : this.elsewhere.get("a").acquire()) {
				assertThat(lease.fencingToken()).isGreaterThan(last);
				last = lease.fencingToken();
			}
		}
	}

	// Futures

	@Test
	void aFutureIsCompletedWhenTheLockIsHandedOn() throws Exception {
		Lease held = this.elsewhere.get("a").acquire();
		CompletableFuture<Lease> future = this.lock.acquireAsync();
		assertThat(this.lock.tryAcquireAsync().get()).isEmpty();
		assertThat(this.lock.tryAcquireAsync(Duration.ofMillis(20)).get()).isEmpty();
		held.close();
		try (Lease lease = future.get()) {
			assertThat(lease.isValid()).isTrue();
		}
	}

	@Test
	void aCancelledFutureStopsWaiting() throws Exception {
		Lease held = this.elsewhere.get("a").acquire();
		CompletableFuture<Lease> future = this.lock.acquireAsync();
		future.cancel(true);
		held.close();
		assertThat(isFreeElsewhere()).isTrue();
	}

	@Test
	void aFutureThatItsCallerHasCompletedGivesItsLateGrantBack() {
		for (int i = 0; i < 200; i++) {
			CompletableFuture<Lease> future = this.lock.acquireAsync();
			if (!future.cancel(true)) {
				future.join().close();
			}
		}
		await().untilAsserted(() -> assertThat(this.memory.holder("a")).isEmpty());
	}

	@Test
	void futuresAreCompletedOnThreadsOfDlock() throws Exception {
		CompletableFuture<String> thread = this.lock.acquireAsync()
			.thenApplyAsync((lease) -> closeAndName(lease), Runnable::run);
		assertThat(thread.get()).satisfiesAnyOf((name) -> assertThat(name).startsWith("dlock-events-"),
				(name) -> assertThat(name).isEqualTo(Thread.currentThread().getName()));
	}

	@Test
	void threadsOfDlockHaveNothingOfWhoeverNeedsThemFirst() throws Exception {
		InheritableThreadLocal<String> user = new InheritableThreadLocal<>();
		CompletableFuture<String> seen = new CompletableFuture<>();
		CompletableFuture<ClassLoader> loader = new CompletableFuture<>();
		Lease held = this.elsewhere.get("a").acquire();
		Thread first = new Thread(() -> {
			user.set("the first one");
			Thread.currentThread().setContextClassLoader(null);
			CompletableFuture<Void> unused = this.lock.acquireAsync().thenAccept((lease) -> {
				loader.complete(Thread.currentThread().getContextClassLoader());
				seen.complete(String.valueOf(user.get()));
				lease.close();
			});
		});
		first.start();
		first.join();
		held.close();
		assertThat(seen.get()).isEqualTo("null");
		assertThat(loader.get()).isSameAs(Thread.currentThread().getContextClassLoader());
	}

	// Scoped

	@Test
	void workRunsUnderTheLockAndMayEnterItAgain() throws Exception {
		String result = this.lock.call(() -> {
			assertThat(isFreeElsewhere()).isFalse();
			assertThat(this.lock.currentLease()).isPresent();
			return this.lock.call(() -> "done");
		});
		assertThat(result).isEqualTo("done");
		assertThat(isFreeElsewhere()).isTrue();
	}

	@Test
	void anExceptionOfTheWorkReachesTheCallerAndTheLockIsReleased() {
		IllegalStateException failure = new IllegalStateException("mine");
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> this.lock.call(() -> {
			throw failure;
		})).isSameAs(failure);
		assertThat(isFreeElsewhere()).isTrue();
	}

	@Test
	void anExceptionOfWorkThatHasUnlockedTheLockItselfReachesTheCaller() {
		IllegalStateException failure = new IllegalStateException("mine");
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> this.lock.call(() -> {
			this.lock.unlock();
			throw failure;
		})).isSameAs(failure);
	}

	@Test
	void workThatOutlivesItsLeaseIsToldSo() {
		DistributedLock lock = this.registry.get("a", LockOptions.defaults().withMaxHold(Duration.ofMillis(20)));
		assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> lock.call(() -> {
			Lease lease = lock.currentLease().orElseThrow();
			await().until(() -> !lease.isValid());
			return "unprotected";
		}));
	}

	@Test
	void workThatCannotHaveTheLockIsSkipped() throws Exception {
		Lease held = this.elsewhere.get("a").acquire();
		assertThat(this.lock.tryCall(() -> "done")).isEmpty();
		assertThat(this.lock.tryCall(Duration.ofMillis(20), () -> "done")).isEmpty();
		held.close();
		assertThat(this.lock.tryCall(() -> "done")).contains("done");
		assertThat(this.lock.tryCall(Duration.ofMillis(20), () -> "done")).contains("done");
	}

	// Exclusion

	@Test
	void manyThreadsOfTwoInstancesExcludeEachOther() throws Exception {
		AtomicInteger inside = new AtomicInteger();
		AtomicInteger entries = new AtomicInteger();
		List<Future<?>> running = new java.util.ArrayList<>();
		for (int i = 0; i < 8; i++) {
			DistributedLock mine = (i % 2 == 0) ? this.lock : this.elsewhere.get("a");
			running.add(this.others.submit(() -> {
				for (int round = 0; round < 200; round++) {
					mine.lock();
					assertThat(inside.incrementAndGet()).isEqualTo(1);
					entries.incrementAndGet();
					inside.decrementAndGet();
					mine.unlock();
				}
			}));
		}
		for (Future<?> each : running) {
			each.get();
		}
		assertThat(entries).hasValue(1600);
		assertThat(this.memory.holder("a")).isEmpty();
	}

	// The registry

	@Test
	void keysThatCannotBeAreRefused() {
		assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> this.registry.get(""))
			.withMessageContaining("empty");
		assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> this.registry.get("}x"))
			.withMessageContaining("}x");
		assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> this.registry.get("a\ud800"))
			.withMessageContaining("surrogate");
		assertThatExceptionOfType(NullPointerException.class).isThrownBy(() -> this.registry.get(null));
	}

	@Test
	void whoWaitsWhenTheRegistryStopsIsTold() throws Exception {
		Lease held = this.elsewhere.get("a").acquire();
		Future<?> waiting = this.others.submit(this.lock::lock);
		CompletableFuture<Lease> future = this.lock.acquireAsync();
		await().until(() -> this.memory.holder("a").isPresent());
		this.registry.endWaiting();
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(waiting::get)
			.withCauseInstanceOf(LockRegistryClosedException.class);
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(future::get)
			.withCauseInstanceOf(LockRegistryClosedException.class);
		assertThatExceptionOfType(LockRegistryClosedException.class).isThrownBy(this.lock::tryLock);
		held.close();
	}

	@Test
	void whatIsHeldStaysHeldUntilTheEndAndIsReleasedThen() {
		this.lock.lock();
		Lease lease = this.lock.currentLease().orElseThrow();
		this.registry.endWaiting();
		assertThat(lease.isValid()).isTrue();
		assertThat(this.registry.leases()).hasSize(1);
		this.registry.stop(Duration.ofSeconds(1));
		assertThat(lease.isValid()).isFalse();
		assertThat(isFreeElsewhere()).isTrue();
		this.lock.unlock();
	}

	@Test
	void aStoppedRegistryCanBeStartedAgainUnderAnotherId() {
		String before = this.registry.instanceId();
		this.registry.stop(Duration.ofSeconds(1));
		assertThatExceptionOfType(LockRegistryClosedException.class).isThrownBy(this.lock::lock);
		assertThat(this.lock.acquireAsync()).isCompletedExceptionally();
		this.registry.start();
		this.lock.lock();
		this.lock.unlock();
		assertThat(this.registry.instanceId()).isNotEqualTo(before).startsWith("here-");
	}

	@Test
	void nothingOfAStoppedRegistryRuns() {
		this.lock.lock();
		this.lock.unlock();
		assertThat(this.threads.names()).contains("dlock-alarm");
		this.registry.stop(Duration.ofSeconds(1));
		this.elsewhere.stop(Duration.ofSeconds(1));
		await().untilAsserted(() -> assertThat(this.threads.names()).doesNotContain("dlock-alarm"));
	}

	@Test
	void theHolderIsTheInstanceThatHasIt() throws Exception {
		assertThat(this.registry.holder("a")).isEmpty();
		try (Lease lease = this.elsewhere.get("a").acquire()) {
			assertThat(this.registry.holder("a").orElseThrow().instanceId()).isEqualTo(this.elsewhere.instanceId());
			assertThat(this.registry.holder("a").orElseThrow().fencingToken()).isEqualTo(lease.fencingToken());
		}
	}

	@Test
	void theLeasesAreThoseThatAreValidHereNow() throws Exception {
		assertThat(this.registry.leases()).isEmpty();
		this.lock.lock();
		Lease second = this.registry.get("b").acquire();
		Lease elsewhere = this.elsewhere.get("c").acquire();
		Lease overdue = this.registry.get("d", LockOptions.defaults().withMaxHold(Duration.ofMillis(1))).acquire();
		await().until(() -> !overdue.isValid());
		Leadership leadership = this.registry.contend("e");
		await().until(leadership::isLeader);
		assertThat(this.registry.leases()).extracting(Lease::key).containsExactlyInAnyOrder("a", "b", "e");
		assertThat(this.registry.leases()).extracting(Lease::fencingToken).contains(second.fencingToken());
		this.lock.unlock();
		second.close();
		elsewhere.close();
		leadership.close();
		assertThat(this.registry.leases()).isEmpty();
	}

	@Test
	void aThousandKeysInTurnLeaveNothing() throws Exception {
		for (int i = 0; i < 1000; i++) {
			DistributedLock each = this.registry.get("key-" + i);
			each.lock();
			each.unlock();
			each.tryAcquire(Duration.ofDays(1)).orElseThrow().close();
			each.acquireAsync().get().close();
			assertThat(this.memory.holder("key-" + i)).isEmpty();
		}
		assertThat(this.threads.names()).as("two alarms, and few for events")
			.contains("dlock-alarm")
			.hasSizeLessThan(10);
	}

	private LeasingLockRegistry registry(String name) {
		return new LeasingLockRegistry(new LocalLockStore(this.memory), new LeaseSettings(name, Duration.ofSeconds(10),
				Duration.ofSeconds(3), Duration.ofMillis(100), Duration.ofSeconds(2)), new LockObserver() {
				});
	}

	private static void assertNames(String parameter, ThrowingCallable call) {
		assertThatExceptionOfType(NullPointerException.class).isThrownBy(call).withMessage(parameter);
	}

	private boolean isFreeElsewhere() {
		Optional<Lease> lease = this.elsewhere.get("a").tryAcquire();
		lease.ifPresent(Lease::close);
		return lease.isPresent();
	}

	private static String closeAndName(Lease lease) {
		lease.close();
		return Thread.currentThread().getName();
	}

	private static Thread start(Runnable work) {
		Thread thread = new Thread(work);
		thread.start();
		return thread;
	}

	private static void awaitParked(Thread thread) {
		await()
			.until(() -> thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING);
	}

	private static void spin(long nanos) {
		long end = System.nanoTime() + nanos;
		while (System.nanoTime() < end) {
			Thread.onSpinWait();
		}
	}

}
