package io.dlock.core;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import io.dlock.DistributedLock;
import io.dlock.FailureCause;
import io.dlock.Leadership;
import io.dlock.Lease;
import io.dlock.LockKind;
import io.dlock.LockOptions;
import io.dlock.LockRegistry;
import io.dlock.LossCause;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a {@link LockObserver} may do to the locks: nothing, whether it throws or blocks.
 */
@Timeout(30)
class LockObserverTests {

	private final Listener listener = new Listener();

	private final LeasingLockRegistry registry = new LeasingLockRegistry(new LocalLockStore(System::nanoTime),
			new LeaseSettings("here", Duration.ofSeconds(10), Duration.ofSeconds(3), Duration.ofMillis(100),
					Duration.ofSeconds(2)),
			this.listener);

	private final DistributedLock lock = this.registry.get("a");

	@BeforeEach
	void start() {
		this.registry.start();
	}

	@AfterEach
	void stop() {
		this.registry.stop(Duration.ofSeconds(2));
	}

	@Test
	void oneThatThrowsChangesNothing() throws Exception {
		this.listener.reaction = (event) -> {
			throw new AssertionError("as planned");
		};
		this.lock.lock();
		assertThat(this.registry.get("a").tryAcquireAsync().get()).isEmpty();
		this.lock.unlock();
		this.lock.acquireAsync().get().close();
		Leadership leadership = this.registry.contend("a");
		await().until(leadership::isLeader);
		leadership.close();
		Lease overdue = this.registry.get("a", LockOptions.defaults().withMaxHold(Duration.ofMillis(1))).acquire();
		await().until(() -> !overdue.isValid());
		this.lock.acquire().close();
		assertThat(this.listener.events).contains("acquired a", "released a", "failed a", "lost a");
	}

	@Test
	void oneThatIsToldMayEnterTheLockOfItsThreadAgain() throws Exception {
		this.listener.reaction = (event) -> {
			if (event.equals("acquired a") && this.lock.tryLock()) {
				this.lock.unlock();
			}
		};
		this.lock.lock();
		this.lock.unlock();
		assertThat(this.lock.tryLock()).isTrue();
		this.lock.unlock();
		assertThat(this.lock.<Boolean>call(() -> this.lock.currentLease().isPresent())).isTrue();
		assertThat(this.listener.events).containsExactly("acquired a", "released a", "acquired a", "released a",
				"acquired a", "released a");
	}

	@Test
	void oneThatBlocksDelaysNobodyElse() throws Exception {
		CountDownLatch go = new CountDownLatch(1);
		this.listener.reaction = (event) -> {
			if (event.endsWith(" blocked")) {
				awaitQuietly(go);
			}
		};
		CompletableFuture<Lease> blocked = this.registry.get("blocked").acquireAsync();
		Leadership leadership = this.registry.contend("blocked too");
		await().until(() -> this.listener.events.contains("acquired blocked"));
		this.registry.get("b").acquireAsync().get().close();
		Leadership other = this.registry.contend("c");
		await().until(() -> this.listener.events.contains("acquired c"));
		assertThat(other.isLeader()).isTrue();
		assertThat(leadership.isLeader()).isTrue();
		assertThat(blocked).isNotDone();
		go.countDown();
		blocked.get().close();
	}

	@Test
	void aLeadershipLeadsThoughItsListenerIsStillBusyAndIsToldOfTheLossMeanwhile() throws Exception {
		CountDownLatch go = new CountDownLatch(1);
		this.listener.reaction = (event) -> {
			if (event.equals("acquired a")) {
				awaitQuietly(go);
			}
		};
		Leadership leadership = this.registry.contend("a");
		await().until(leadership::isLeader);
		CompletableFuture<LossCause> lost = new CompletableFuture<>();
		HeldLease lease = (HeldLease) leadership.lease().orElseThrow();
		lease.onLost(lost::complete);
		lease.grant().keyLock().lose(lease.grant(), LossCause.TAKEN, "by a test");
		assertThat(lost.get()).isEqualTo(LossCause.TAKEN);
		await().until(() -> this.listener.events.contains("lost a"));
		go.countDown();
		await().until(leadership::isLeader);
	}

	@Test
	void aLossIsToldAgainOnlyWhenItHasBeenToldToAll() {
		CountDownLatch lossBegins = new CountDownLatch(1);
		CountDownLatch toldAgain = new CountDownLatch(1);
		AtomicBoolean tooEarly = new AtomicBoolean();
		this.listener.reaction = (event) -> {
			switch (event) {
				case "acquired a" -> awaitQuietly(lossBegins);
				case "lost a" -> {
					lossBegins.countDown();
					tooEarly.set(isOpenWithin(toldAgain, Duration.ofMillis(200)));
				}
				case "lost again a" -> toldAgain.countDown();
				default -> throw new AssertionError(event);
			}
		};
		this.registry.get("a", LockOptions.defaults().withMaxHold(Duration.ofMillis(1))).lock();
		awaitQuietly(toldAgain);
		assertThat(tooEarly).isFalse();
	}

	private static boolean isOpenWithin(CountDownLatch latch, Duration time) {
		try {
			return latch.await(time.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static final class Listener implements LockObserver {

		private final List<String> events = new CopyOnWriteArrayList<>();

		private volatile Consumer<String> reaction = (event) -> {
		};

		private void tell(String event) {
			this.events.add(event);
			this.reaction.accept(event);
		}

		@Override
		public void acquired(LockRegistry registry, String key, LockKind kind, long fencingToken, Duration waited) {
			tell("acquired " + key);
		}

		@Override
		public void released(LockRegistry registry, String key, LockKind kind, long fencingToken, Duration held) {
			tell("released " + key);
		}

		@Override
		public void failed(LockRegistry registry, String key, LockKind kind, FailureCause cause, String holder) {
			tell("failed " + key);
		}

		@Override
		public void listening(LockRegistry registry, String key, LockKind kind, String holder, int position) {
			tell("listening " + key);
		}

		@Override
		public void lost(LockRegistry registry, String key, LockKind kind, long fencingToken, LossCause cause,
				Instant lostAt) {
			tell("lost " + key);
		}

		@Override
		public void lostAgain(LockRegistry registry, String key, LockKind kind, long fencingToken, LossCause cause,
				Instant lostAt) {
			tell("lost again " + key);
		}

	}

}
