package io.dlock.faults;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.dlock.DistributedLock;
import io.dlock.Lease;
import io.dlock.testing.RedisServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Interrupts at random moments of a wait, or of its beginning and end. A TTL is so long
 * that whatever an interrupt leaves behind is seen.
 */
@Timeout(120)
class InterruptTests {

	private static final int INTERRUPTS = 400;

	private static final int LATEST_MICROS = 2_000;

	@RegisterExtension
	final Cluster cluster = new Cluster().ttl(Duration.ofMinutes(1));

	private final RedisServer redis = this.cluster.redis();

	private final Node here = this.cluster.node("here", this.redis);

	private final Node elsewhere = this.cluster.node("elsewhere", this.redis);

	private final long seed = ThreadLocalRandom.current().nextInt(1_000_000);

	private final Random random = new Random(this.seed);

	@BeforeEach
	void warmUp() throws Exception {
		this.here.lock("warm").acquire().close();
		this.elsewhere.lock("warm").acquire().close();
	}

	@ParameterizedTest
	@EnumSource
	void anInterruptibleWaitEndsWithTheLockOrWithAnExceptionAndLeavesNothing(Wait wait) throws Exception {
		AtomicInteger held = new AtomicInteger();
		AtomicInteger interrupted = new AtomicInteger();
		for (int i = 0; i < INTERRUPTS; i++) {
			DistributedLock lock = this.here.lock("k" + i);
			interruptOne(lock, (i % 2 == 0), (sent) -> {
				try {
					wait.take(lock).run();
					held.incrementAndGet();
				}
				catch (InterruptedException ex) {
					assertThat(lock.currentLease()).isEmpty();
					interrupted.incrementAndGet();
				}
			});
		}
		System.out.printf("%s of %d interrupts (seed %d) ended a wait, %s came too late%n", interrupted, INTERRUPTS,
				this.seed, held);
		assertThat(interrupted.get() + held.get()).isEqualTo(INTERRUPTS);
		assertThat(interrupted).as("those in time").hasPositiveValue();
		assertNothingIsLeft();
	}

	@Test
	void anUninterruptibleWaitEndsWithTheLockAndKeepsTheFlag() throws Exception {
		AtomicInteger kept = new AtomicInteger();
		for (int i = 0; i < INTERRUPTS; i++) {
			DistributedLock lock = this.here.lock("k" + i);
			interruptOne(lock, (i % 2 == 0), (sent) -> {
				lock.lock();
				assertThat(lock.currentLease()).isPresent();
				awaitInterrupted(sent);
				lock.unlock();
				if (Thread.currentThread().isInterrupted()) {
					kept.incrementAndGet();
				}
			});
		}
		assertThat(kept).as("seed " + this.seed).hasValue(INTERRUPTS);
		assertNothingIsLeft();
	}

	@Test
	void anInterruptedUnlockReleasesAndKeepsTheFlag() throws Exception {
		AtomicInteger kept = new AtomicInteger();
		for (int i = 0; i < INTERRUPTS; i++) {
			DistributedLock lock = this.here.lock("k" + i);
			interruptOne(lock, false, (sent) -> {
				lock.lock();
				lock.unlock();
				awaitInterrupted(sent);
				if (Thread.currentThread().isInterrupted()) {
					kept.incrementAndGet();
				}
			});
		}
		assertThat(kept).as("seed " + this.seed).hasValue(INTERRUPTS);
		assertNothingIsLeft();
	}

	/**
	 * Interrupts a thread at a random moment after it has begun its work. If the lock is
	 * contended, somebody else has it until then.
	 */
	private void interruptOne(DistributedLock lock, boolean contended, Work work) throws Exception {
		Lease other = contended ? this.elsewhere.lock(lock.key()).acquire() : null;
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch sent = new CountDownLatch(1);
		AtomicReference<Throwable> failure = new AtomicReference<>();
		Thread thread = new Thread(() -> {
			begun.countDown();
			try {
				work.run(sent);
			}
			catch (Throwable ex) {
				failure.set(ex);
			}
		});
		thread.start();
		begun.await();
		spin(this.random.nextInt(LATEST_MICROS));
		thread.interrupt();
		sent.countDown();
		if (other != null) {
			other.close();
		}
		thread.join();
		assertThat(failure.get()).as("seed " + this.seed).isNull();
	}

	private static void awaitInterrupted(CountDownLatch sent) {
		while (sent.getCount() > 0) {
			Thread.onSpinWait();
		}
	}

	private void assertNothingIsLeft() {
		long from = System.nanoTime();
		Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.untilAsserted(() -> assertThat(Cluster.leftovers(this.redis)).isEmpty());
		System.out.printf("Nothing was left %d ms later%n", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from));
	}

	private static void spin(int micros) {
		long end = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(micros);
		while (System.nanoTime() < end) {
			Thread.onSpinWait();
		}
	}

	/**
	 * A way to take a lock that an interrupt ends; answered with how to give it back.
	 */
	enum Wait {

		LOCK_INTERRUPTIBLY {

			@Override
			Runnable take(DistributedLock lock) throws InterruptedException {
				lock.lockInterruptibly();
				return lock::unlock;
			}

		},

		TRY_LOCK {

			@Override
			Runnable take(DistributedLock lock) throws InterruptedException {
				assertThat(lock.tryLock(1, TimeUnit.MINUTES)).isTrue();
				return lock::unlock;
			}

		},

		ACQUIRE {

			@Override
			Runnable take(DistributedLock lock) throws InterruptedException {
				return lock.acquire()::close;
			}

		},

		TRY_ACQUIRE {

			@Override
			Runnable take(DistributedLock lock) throws InterruptedException {
				return lock.tryAcquire(Duration.ofMinutes(1)).orElseThrow()::close;
			}

		};

		abstract Runnable take(DistributedLock lock) throws InterruptedException;

	}

	/**
	 * What a thread does; it is told when it has been interrupted.
	 */
	private interface Work {

		void run(CountDownLatch interrupted) throws Exception;

	}

}
