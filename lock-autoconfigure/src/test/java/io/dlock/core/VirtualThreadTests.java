package io.dlock.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.dlock.DistributedLock;
import io.dlock.Lease;
import io.dlock.testing.VirtualThreads;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Locks in the hands of virtual threads, where the JDK has them.
 */
@Timeout(60)
class VirtualThreadTests {

	private final LocalLocks memory = new LocalLocks(System::nanoTime);

	private final LeasingLockRegistry registry = registry("here");

	private final LeasingLockRegistry elsewhere = registry("elsewhere");

	@BeforeEach
	void start() {
		assumeThat(VirtualThreads.exist()).as("a JDK with virtual threads").isTrue();
		this.registry.start();
		this.elsewhere.start();
	}

	@AfterEach
	void stop() {
		this.registry.stop(Duration.ofSeconds(2));
		this.elsewhere.stop(Duration.ofSeconds(2));
	}

	@Test
	void virtualThreadsOfTwoInstancesExcludeEachOther() throws Exception {
		AtomicInteger inside = new AtomicInteger();
		AtomicInteger entries = new AtomicInteger();
		CountDownLatch done = new CountDownLatch(200);
		for (int i = 0; i < 200; i++) {
			DistributedLock lock = ((i % 2 == 0) ? this.registry : this.elsewhere).get("a");
			VirtualThreads.start(() -> {
				for (int round = 0; round < 10; round++) {
					lock.lock();
					entries.addAndGet(inside.incrementAndGet());
					Thread.onSpinWait();
					inside.decrementAndGet();
					lock.unlock();
				}
				done.countDown();
			});
		}
		assertThat(done.await(50, TimeUnit.SECONDS)).isTrue();
		assertThat(entries).as("one at a time").hasValue(2000);
	}

	@Test
	void whoWaitsOccupiesNoCarrier() throws Exception {
		Lease held = this.elsewhere.get("a").acquire();
		int waiting = 10 * Runtime.getRuntime().availableProcessors();
		CountDownLatch begun = new CountDownLatch(waiting);
		CountDownLatch served = new CountDownLatch(waiting);
		for (int i = 0; i < waiting; i++) {
			DistributedLock lock = this.registry.get("a");
			VirtualThreads.start(() -> {
				begun.countDown();
				lock.lock();
				lock.unlock();
				served.countDown();
			});
		}
		assertThat(begun.await(20, TimeUnit.SECONDS)).as("all have got a carrier").isTrue();
		CompletableFuture<String> other = new CompletableFuture<>();
		VirtualThreads.start(() -> {
			try (Lease lease = this.registry.get("b").acquire()) {
				other.complete("token " + lease.fencingToken());
			}
			catch (InterruptedException ex) {
				other.completeExceptionally(ex);
			}
		});
		assertThat(other.get(20, TimeUnit.SECONDS)).startsWith("token");
		held.close();
		assertThat(served.await(20, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void anInterruptEndsTheWaitOfAVirtualThread() throws Exception {
		Lease held = this.elsewhere.get("a").acquire();
		List<Throwable> thrown = new ArrayList<>();
		AtomicReference<Thread> self = new AtomicReference<>();
		CountDownLatch done = new CountDownLatch(1);
		CountDownLatch begun = new CountDownLatch(1);
		VirtualThreads.start(() -> {
			self.set(Thread.currentThread());
			begun.countDown();
			try {
				this.registry.get("a").lockInterruptibly();
			}
			catch (InterruptedException ex) {
				thrown.add(ex);
			}
			done.countDown();
		});
		begun.await();
		self.get().interrupt();
		assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(thrown).hasSize(1);
		held.close();
	}

	private LeasingLockRegistry registry(String name) {
		return new LeasingLockRegistry(new LocalLockStore(this.memory), new LeaseSettings(name, Duration.ofSeconds(10),
				Duration.ofSeconds(3), Duration.ofMillis(100), Duration.ofSeconds(2)), new LockObserver() {
				});
	}

}
