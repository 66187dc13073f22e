package io.dlock.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.TimeUnit;

import io.dlock.Lease;
import io.dlock.LossCause;
import io.dlock.event.LockAcquiredEvent;
import io.dlock.event.LockEvent;
import io.dlock.faults.Journal.What;
import io.dlock.testing.RedisServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Faults of the application around the locks: its threads are busy, its listeners throw
 * or block, its jobs fail.
 */
class ApplicationFaultTests {

	@RegisterExtension
	final Cluster cluster = new Cluster().ttl(Duration.ofSeconds(3)).commandTimeout(Duration.ofSeconds(1));

	private final RedisServer redis = this.cluster.redis();

	private final Node other = this.cluster.node("other", this.redis, Job.class).connected();

	@Test
	void executorsThatAreFullKeepNoLockFromBeingRenewedOrHandedOver() throws Exception {
		Node node = this.cluster.node("node", this.redis, BusyThreads.class).connected();
		BusyThreads busy = node.bean(BusyThreads.class);
		busy.fill(node);
		try {
			Lease lease = node.want("orders").get(30, TimeUnit.SECONDS);
			CompletableFuture<Lease> waiting = this.other.want("orders");
			this.cluster.awaitTold("other", What.LISTENING, "orders");
			awaitTtls(2);
			assertThat(lease.isValid()).isTrue();
			lease.close();
			Lease next = waiting.get(30, TimeUnit.SECONDS);
			CompletableFuture<Lease> again = node.want("orders");
			Cluster.promptly("waits").until(() -> this.redis.cli("HKEYS", "dlock:{orders}:waiting").startsWith("node"));
			next.close();
			again.get(30, TimeUnit.SECONDS).close();
		}
		finally {
			busy.empty();
		}
	}

	@Test
	void aListenerThatThrowsChangesNothing() throws Exception {
		Node node = this.cluster.node("node", this.redis, ThrowingListener.class).connected();
		Lease lease = node.lock("orders").acquire();
		awaitTtls(2);
		assertThat(lease.isValid()).isTrue();
		lease.close();
		Lease future = node.want("orders").get(30, TimeUnit.SECONDS);
		CompletableFuture<LossCause> lost = new CompletableFuture<>();
		future.onLost(lost::complete);
		this.redis.cli("DEL", "dlock:{orders}");
		assertThat(lost.get(30, TimeUnit.SECONDS)).isEqualTo(LossCause.DELETED);
		this.cluster.awaitTold("node", What.LOST, "orders");
		future.close();
	}

	@Test
	void aListenerThatBlocksKeepsNoLockFromBeingRenewedAndNobodyFromHearingOfALoss() throws Exception {
		Node node = this.cluster.node("node", this.redis, BlockingListener.class).connected();
		BlockingListener listener = node.bean(BlockingListener.class);
		try {
			CompletableFuture<Lease> unused = node.want("blocked");
			this.cluster.awaitTold("node", What.ACQUIRED, "blocked");
			Cluster.promptly("blocks").until(() -> listener.blocked.getCount() == 0);
			awaitTtls(2);
			assertThat(node.locks().leases()).extracting(Lease::key).contains("blocked");
			Lease lease = node.lock("orders").acquire();
			awaitTtls(1);
			assertThat(lease.isValid()).as("of another lock").isTrue();
			lease.close();
			this.cluster.journal().lossOvertakes("blocked");
			this.redis.cli("DEL", "dlock:{blocked}");
			this.cluster.awaitTold("node", What.LOST, "blocked");
		}
		finally {
			listener.mayGoOn.countDown();
		}
	}

	@Test
	void aJobThatOutlastsTheTtlIsAloneUntilItsEnd() throws Exception {
		Node node = this.cluster.node("node", this.redis, Job.class).connected();
		String result = node.bean(Job.class).run(() -> {
			awaitTtls(2);
			assertThat(this.other.bean(Job.class).run(() -> "twice")).as("skipped").isNull();
			return "done";
		});
		assertThat(result).isEqualTo("done");
		assertThat(this.cluster.journal().entries("node", What.RELEASED, Job.KEY)).hasSize(1);
		assertThat(this.other.bean(Job.class).run(() -> "next")).isEqualTo("next");
	}

	@Test
	void aJobThatThrowsIsReleasedAndItsErrorReachesTheCaller() throws Exception {
		Node node = this.cluster.node("node", this.redis, Job.class).connected();
		assertThatIllegalStateException().isThrownBy(() -> node.bean(Job.class).run(() -> {
			throw new IllegalStateException("The job has failed");
		})).withMessage("The job has failed");
		assertThat(this.redis.cli("EXISTS", "dlock:{" + Job.KEY + "}")).isEqualTo("0");
		assertThat(this.cluster.journal().entries("node", What.RELEASED, Job.KEY)).hasSize(1);
		assertThat(this.other.bean(Job.class).run(() -> "next")).isEqualTo("next");
	}

	@Test
	void aJobWhoseNodeDiesRunsOnAnotherTheNextTime() throws Exception {
		ChildNode node = this.cluster.child("node", this.redis);
		CompletableFuture<String> unused = node.ask("job", "");
		this.cluster.awaitTold("node", What.ACQUIRED, Job.KEY);
		assertThat(this.other.bean(Job.class).run(() -> "twice")).as("skipped").isNull();
		node.kill();
		long killedAt = System.nanoTime();
		Cluster.promptly("runs again").until(() -> this.other.bean(Job.class).run(() -> "next") != null);
		long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killedAt);
		System.out.printf("A job whose node was killed ran on another after %d ms of a TTL of %d ms%n", millis,
				this.cluster.ttl().toMillis());
		assertThat(millis).isLessThan(this.cluster.ttl().toMillis() + 5000);
	}

	private void awaitTtls(int count) {
		long from = System.nanoTime();
		Cluster.promptly(count + " TTLs have passed")
			.until(() -> System.nanoTime() - from > count * this.cluster.ttl().toNanos());
	}

	/**
	 * The executors of an application, with a thread each.
	 */
	@Configuration(proxyBeanMethods = false)
	static class BusyThreads {

		private final CountDownLatch mayEnd = new CountDownLatch(1);

		private final List<ForkJoinTask<?>> inCommonPool = new ArrayList<>();

		@Bean
		ThreadPoolTaskExecutor applicationTaskExecutor() {
			ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
			executor.setCorePoolSize(1);
			executor.setMaxPoolSize(1);
			return executor;
		}

		@Bean
		ThreadPoolTaskScheduler taskScheduler() {
			return new ThreadPoolTaskScheduler();
		}

		void fill(Node node) {
			node.bean(ThreadPoolTaskExecutor.class).execute(this::block);
			node.bean(ThreadPoolTaskScheduler.class).execute(this::block);
			for (int i = 0; i < ForkJoinPool.getCommonPoolParallelism(); i++) {
				this.inCommonPool.add(ForkJoinPool.commonPool().submit(this::block));
			}
		}

		private void block() {
			try {
				this.mayEnd.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		void empty() {
			this.mayEnd.countDown();
			this.inCommonPool.forEach(ForkJoinTask::join);
		}

	}

	static class ThrowingListener {

		@EventListener
		void fail(LockEvent event) {
			throw new IllegalStateException("A listener fails, of " + event.getKey());
		}

	}

	static class BlockingListener {

		private final CountDownLatch blocked = new CountDownLatch(1);

		private final CountDownLatch mayGoOn = new CountDownLatch(1);

		@EventListener(condition = "#event.key == 'blocked'")
		void block(LockAcquiredEvent event) throws InterruptedException {
			this.blocked.countDown();
			this.mayGoOn.await();
		}

	}

}
