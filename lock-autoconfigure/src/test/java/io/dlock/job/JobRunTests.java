package io.dlock.job;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.dlock.Lease;
import io.dlock.LeaseLostException;
import io.dlock.LossCause;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link JobRun} and {@link CurrentJob}: the lease in the job, and what its
 * loss does to it.
 */
class JobRunTests {

	private static final Duration SOON = Duration.ofSeconds(20);

	private final JobLocks locks = new JobLocks();

	private final RunningJobs running = new RunningJobs(0, SOON);

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	private final Jobs jobs = start();

	@AfterEach
	void close() {
		this.context.close();
		Thread.interrupted();
	}

	@Test
	void theLeaseIsFilledInWhateverTheCallerPasses() {
		assertThat(this.jobs.withLease("a", null)).isEqualTo(this.locks.lease("work").fencingToken());
	}

	@Test
	void theLeaseIsReachedWithoutAParameter() {
		this.jobs.doing(() -> {
			assertThat(CurrentJob.lease()).isSameAs(this.locks.lease("work"));
			CurrentJob.assertHeld();
			this.jobs.other(() -> {
				assertThat(CurrentJob.lease()).isSameAs(this.locks.lease("other"));
				CurrentJob.assertHeld();
			});
			assertThat(CurrentJob.lease()).isSameAs(this.locks.lease("work"));
		});
		this.jobs.work();
		assertThatIllegalStateException().isThrownBy(CurrentJob::lease);
	}

	@Test
	void codeThatNeedsTheLockFailsWithoutIt() {
		assertThatIllegalStateException().isThrownBy(CurrentJob::assertHeld).withMessageContaining("No @SingletonJob");
		this.jobs.doing(() -> {
			this.locks.lose("work", LossCause.TAKEN);
			CurrentJob.assertHeld();
		});
		assertThatExceptionOfType(LeaseLostException.class).isThrownBy(this.jobs::work);
	}

	@Test
	void aCallPastTheProxyIsFound() {
		assertThatIllegalStateException().isThrownBy(this.jobs::past);
		this.jobs.doing(() -> assertThatIllegalStateException().isThrownBy(this.jobs::past)
			.withMessageContaining("Jobs.guarded was called past its proxy"));
		this.jobs.work();
		this.jobs.guarded();
	}

	@Test
	void aLossInterruptsTheJobAndNothingAfterIt() {
		this.jobs.doing(() -> {
			this.locks.lose("work", LossCause.EXPIRED);
			assertThat(Thread.currentThread().isInterrupted()).isTrue();
		});
		this.jobs.work();
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void aLossWakesUpAJobThatWaits() {
		CountDownLatch never = new CountDownLatch(1);
		this.jobs.doing(() -> {
			CompletableFuture<Void> unused = CompletableFuture
				.runAsync(() -> this.locks.lose("work", LossCause.EXPIRED));
			assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> never.await(1, TimeUnit.MINUTES));
		});
		this.jobs.work();
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void anInterruptOfTheCallerOutlivesTheJobThatWasInterruptedToo() {
		this.jobs.doing(() -> this.locks.lose("work", LossCause.EXPIRED));
		Thread.currentThread().interrupt();
		this.jobs.work();
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	void aJobMayGoOnAfterALoss() {
		this.jobs.goingOn(() -> {
			this.locks.lose("work", LossCause.EXPIRED);
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
		});
	}

	/**
	 * The race between the end of a method and an interrupt: whichever comes first, the
	 * next that the thread does is not interrupted.
	 */
	@Test
	void anInterruptNeverReachesWhatTheThreadDoesNext() throws Exception {
		for (int i = 0; i < 300; i++) {
			CountDownLatch inJob = new CountDownLatch(1);
			this.jobs.doing(inJob::countDown);
			Thread loser = new Thread(() -> {
				awaitUnchecked(inJob);
				this.locks.lose("work", LossCause.EXPIRED);
			});
			loser.start();
			this.jobs.work();
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
			loser.join();
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
		}
	}

	@Test
	void aLossCancelsTheFuture() {
		CompletableFuture<String> future = new CompletableFuture<>();
		assertThat(this.jobs.future(future)).isSameAs(future);
		this.locks.lose("work", LossCause.EXPIRED);
		assertThat(future).isCancelled();
	}

	@Test
	void aFutureThatIsReturnedAfterTheLossIsCancelled() {
		CompletableFuture<String> future = new CompletableFuture<>();
		this.jobs.doing(() -> this.locks.lose("work", LossCause.EXPIRED));
		CompletableFuture<String> returned = this.jobs.future(future);
		assertThat(returned).isCancelled();
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	void aMonoHoldsTheLockFromSubscriptionToEnd() {
		Mono<String> job = this.jobs.mono(Mono.fromCallable(() -> {
			this.locks.story().add("mono");
			return "done";
		}));
		assertThat(this.locks.story()).isEmpty();
		for (int i = 0; i < 2; i++) {
			assertThat(job.block(SOON)).isEqualTo("done");
		}
		assertThat(this.locks.story()).containsExactly("acquired work", "mono", "released work", "acquired work",
				"mono", "released work");
	}

	@Test
	void aMonoIsSkippedWhileTheLockIsHeld() {
		this.locks.hold("work");
		assertThat(this.jobs.mono(Mono.just("done")).block(SOON)).isNull();
	}

	@Test
	void aMonoThatFailsOrIsCancelledReleasesTheLock() {
		IllegalArgumentException failure = new IllegalArgumentException("bad");
		Mono<String> failing = this.jobs.mono(Mono.error(failure));
		assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> failing.block(SOON))
			.isSameAs(failure);
		assertThat(this.locks.isHeld("work")).isFalse();
		Disposable subscription = this.jobs.mono(Mono.never()).subscribe();
		assertThat(this.locks.isHeld("work")).isTrue();
		subscription.dispose();
		Awaitility.await().until(() -> !this.locks.isHeld("work"));
	}

	@Test
	void aLossFailsTheMono() {
		CompletableFuture<String> result = this.jobs.mono(Mono.never()).toFuture();
		this.locks.lose("work", LossCause.EXPIRED);
		assertThat(result).failsWithin(SOON).withThrowableThat().withCauseInstanceOf(LeaseLostException.class);
	}

	@Test
	void aJobThatOutlastsTheGraceOfAShutdownIsInterrupted() {
		CountDownLatch never = new CountDownLatch(1);
		CompletableFuture<String> future = new CompletableFuture<>();
		assertThat(this.jobs.future(future)).isNotDone();
		CompletableFuture<Void> begun = new CompletableFuture<>();
		CompletableFuture<Void> stopped = begun.thenRunAsync(this.running::stop);
		this.jobs.other(() -> {
			begun.complete(null);
			assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> never.await(1, TimeUnit.MINUTES));
		});
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
		assertThat(stopped).succeedsWithin(SOON);
		assertThat(future).isCancelled();
		assertThat(this.locks.story()).contains("released other");
	}

	private static void awaitUnchecked(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void whatAJobOverridesIsUnderItsLock() {
		SubJobs sub = this.context.getBean(SubJobs.class);
		sub.guarded("a");
		assertThat(sub.names()).containsExactly("a", "sub a");
	}

	private Jobs start() {
		this.context.registerBean(SingletonJobBeanPostProcessor.class, () -> this.locks.postProcessor(this.running));
		this.context.registerBean(Jobs.class);
		this.context.registerBean(SubJobs.class);
		this.context.refresh();
		return this.context.getBean(Jobs.class);
	}

	static class BaseJobs<T> {

		private final List<String> names = new ArrayList<>();

		@SingletonJob("base")
		void guarded(T name) {
			CurrentJob.assertHeld();
			this.names.add(String.valueOf(name));
		}

		List<String> names() {
			return this.names;
		}

	}

	static class SubJobs extends BaseJobs<String> {

		@Override
		void guarded(String name) {
			super.guarded(name);
			CurrentJob.assertHeld();
			names().add("sub " + name);
		}

	}

	static class Jobs {

		private Runnable work = () -> {
		};

		void doing(Runnable work) {
			this.work = work;
		}

		@SingletonJob("work")
		void work() {
			this.work.run();
		}

		@SingletonJob("other")
		void other(Runnable work) {
			work.run();
		}

		@SingletonJob("work")
		@Nullable Long withLease(String name, @Nullable Lease lease) {
			return (lease != null) ? lease.fencingToken() : null;
		}

		@SingletonJob("guarded")
		void guarded() {
			CurrentJob.assertHeld();
		}

		void past() {
			guarded();
		}

		@SingletonJob(key = "work", onLoss = OnLoss.CONTINUE)
		void goingOn(Runnable work) {
			work.run();
		}

		@SingletonJob("work")
		CompletableFuture<String> future(CompletableFuture<String> future) {
			this.work.run();
			return future;
		}

		@SingletonJob("work")
		Mono<String> mono(Mono<String> mono) {
			return mono;
		}

	}

}
