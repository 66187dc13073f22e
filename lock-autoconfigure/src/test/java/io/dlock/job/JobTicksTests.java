package io.dlock.job;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;

import io.dlock.FailureCause;
import io.dlock.Lease;
import io.dlock.LockRegistryClosedException;
import io.dlock.core.LeasingLockRegistry;
import io.dlock.event.LockEvent;
import io.dlock.event.LockFailedEvent;
import io.dlock.event.LockReleasedEvent;
import io.dlock.testing.RedisServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for scheduled jobs in several instances on one Redis: which ticks run, and where.
 */
@ExtendWith(OutputCaptureExtension.class)
class JobTicksTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static RedisServer server;

	private final Runs runs = new Runs(server);

	private final List<JobNode> nodes = new ArrayList<>();

	@BeforeAll
	static void startServer() {
		server = RedisServer.start();
	}

	@AfterAll
	static void stopServer() {
		server.close();
	}

	@BeforeEach
	void forgetOtherTests() {
		server.cli("FLUSHALL");
	}

	@AfterEach
	void closeNodes() {
		this.nodes.forEach(JobNode::close);
	}

	@Test
	void everyTickOfACronJobRunsOnceThoughClocksDiffer() {
		for (int ahead : new int[] { -400, -150, 100, 400 }) {
			start(Duration.ofMillis(ahead), CronJob.class);
		}
		awaitRuns("cron", 6);
		stopAll();
		assertThat(this.runs.ticks("cron").values()).containsOnly(1L);
		assertThat(millis("cron")).as("no tick is left out").isEqualTo(consecutive(millis("cron"), 1000));
		LockFailedEvent failed = this.nodes.stream()
			.flatMap((node) -> node.events().stream())
			.filter(LockFailedEvent.class::isInstance)
			.map(LockFailedEvent.class::cast)
			.filter((event) -> event.getCause() == FailureCause.ALREADY_RAN)
			.findFirst()
			.orElseThrow();
		assertThat(failed.getTick()).isNotNull();
		assertThat(this.nodes).extracting(JobNode::id).contains(failed.getHolder());
	}

	@Test
	void oneRunOfAFixedRateJobComesInEveryPeriod() {
		for (int i = 0; i < 3; i++) {
			start(Duration.ZERO, RateJob.class);
		}
		awaitRuns("rate", 8);
		stopAll();
		List<Runs.Run> rate = this.runs.of("rate");
		double periods = (rate.get(rate.size() - 1).at() - rate.get(0).at()) / 1e9;
		assertThat(rate.size() - 1.0).isBetween(periods - 1.5, periods + 1.5);
	}

	@Test
	void aFixedDelayJobPausesAfterTheEndOfARunAnywhere() {
		for (int i = 0; i < 3; i++) {
			start(Duration.ZERO, DelayJob.class);
		}
		awaitRuns("delay", 5);
		stopAll();
		List<Runs.Run> delay = this.runs.of("delay");
		for (int i = 1; i < delay.size(); i++) {
			assertThat(delay.get(i).at() - delay.get(i - 1).at()).as("a run of 200 ms and a delay of 500, less a tenth")
				.isGreaterThan(TimeUnit.MILLISECONDS.toNanos(640));
		}
	}

	@Test
	void aJobWhosePeriodNobodySeesTheEndOfRunsAtEachStart() {
		start(Duration.ZERO, OnceJob.class);
		awaitRuns("once", 1);
		awaitRuns("once at a rate", 1);
		stopAll();
		start(Duration.ZERO, OnceJob.class);
		awaitRuns("once", 2);
		awaitRuns("once at a rate", 2);
		assertThat(this.runs.ticks("once")).containsOnlyKeys("null");
		assertThat(this.runs.ticks("once at a rate")).containsOnlyKeys("null");
	}

	@Test
	void aCallByHandRunsWheneverTheLockIsFree() {
		JobNode one = start(Duration.ZERO, CronJob.class);
		awaitRuns("cron", 1);
		CronJob job = one.bean(CronJob.class);
		Awaitility.await().atMost(PATIENCE).until(() -> {
			job.cron();
			return this.runs.of("cron").stream().filter((run) -> run.tick() == null).count() >= 2;
		});
	}

	@Test
	void aCallFromAnotherScheduledMethodIsByHand() {
		start(Duration.ZERO, Callee.class, Caller.class);
		awaitRuns("callee", 2);
		assertThat(this.runs.ticks("callee")).containsOnlyKeys("null");
	}

	@Test
	void aTickGoesAlongToTheThreadOfAnAsyncJob() {
		for (int i = 0; i < 2; i++) {
			start(Duration.ZERO, Asynchronous.class, AsyncJob.class);
		}
		awaitRuns("async", 3);
		stopAll();
		assertThat(this.runs.ticks("async").values()).containsOnly(1L);
		assertThat(this.runs.ticks("async")).doesNotContainKey("null");
	}

	@Test
	void aMonoRunsOncePerTick() {
		for (int i = 0; i < 2; i++) {
			start(Duration.ZERO, MonoJob.class);
		}
		awaitRuns("mono", 3);
		stopAll();
		assertThat(this.runs.ticks("mono").values()).containsOnly(1L);
		assertThat(this.runs.ticks("mono")).doesNotContainKey("null");
	}

	@Test
	void aJobBehindAnInterfaceRunsOncePerTick() {
		for (int i = 0; i < 2; i++) {
			start(Duration.ZERO, InterfaceJob.class);
		}
		awaitRuns("interface", 3);
		stopAll();
		assertThat(this.runs.ticks("interface").values()).containsOnly(1L);
		assertThat(this.runs.ticks("interface")).doesNotContainKey("null");
	}

	@Test
	void aRunThatIsDueWhenTheApplicationStopsIsSkipped(CapturedOutput output) {
		JobNode node = start(Duration.ZERO, CronJob.class, MonoJob.class);
		awaitRuns("cron", 1);
		awaitRuns("mono", 1);
		node.bean(LeasingLockRegistry.class).endWaiting();
		for (String key : List.of("cron", "mono")) {
			Awaitility.await()
				.atMost(PATIENCE)
				.until(() -> node.events().stream().anyMatch((event) -> isClosed(event, key)));
		}
		assertThatExceptionOfType(LockRegistryClosedException.class).isThrownBy(node.bean(CronJob.class)::cron);
		node.close();
		assertThat(output).doesNotContain("LockRegistryClosedException");
	}

	private static boolean isClosed(LockEvent event, String key) {
		return event.getKey().equals(key) && event instanceof LockFailedEvent failed
				&& failed.getCause() == FailureCause.CLOSED;
	}

	@Test
	void aJobOfASchedulerThatHandsItOnRunsOncePerTick() {
		for (int i = 0; i < 2; i++) {
			start(Duration.ZERO, OtherScheduler.class, QualifiedJob.class);
		}
		awaitRuns("qualified", 3);
		stopAll();
		assertThat(this.runs.ticks("qualified").values()).containsOnly(1L);
		assertThat(this.runs.ticks("qualified")).doesNotContainKey("null");
	}

	@Test
	void aRunThatComesAfterDroppedOnesClaimsATickOfItsTime() {
		start(Duration.ZERO, DroppingScheduler.class, LateJob.class);
		awaitRuns("late", 3);
		LateJob job = this.nodes.get(0).bean(LateJob.class);
		stopAll();
		for (int i = 0; i < 3; i++) {
			assertThat(job.times().get(i) - millis("late").get(i)).as("five runs were dropped before, one a second")
				.isLessThan(4000);
		}
	}

	@Test
	void eachScheduleOfAMethodHasTicksOfItsOwn() {
		for (int i = 0; i < 2; i++) {
			start(Duration.ZERO, TwoSchedules.class);
		}
		awaitRuns("two", 4);
		stopAll();
		assertThat(this.runs.ticks("two").values()).containsOnly(1L);
		assertThat(this.runs.ticks("two").keySet()).anyMatch((tick) -> tick.startsWith("cron * * * * * *"))
			.anyMatch((tick) -> tick.startsWith("every PT"));
	}

	@Test
	void aLeaderRunsEveryTickUntilItStops() {
		JobNode first = start(Duration.ofMillis(300), LeaderJob.class);
		awaitRuns("leader", 1);
		JobNode second = start(Duration.ofMillis(-300), LeaderJob.class);
		awaitRuns("leader", 4);
		assertThat(holderOf("leader")).isEqualTo(first.id());
		first.close();
		int before = this.runs.of("leader").size();
		awaitRuns("leader", before + 2);
		assertThat(holderOf("leader")).isEqualTo(second.id());
		stopAll();
		assertThat(this.runs.ticks("leader").values()).containsOnly(1L);
		assertThat(server.cli("EXISTS", "dlock:{leader}")).isEqualTo("0");
	}

	@Test
	void aRunThatLastsLongerThanAtMostIsStoppedAndItsLockGivenUp() throws Exception {
		JobNode node = start(Duration.ZERO, Bounded.class);
		CompletableFuture<Boolean> interrupted = CompletableFuture
			.supplyAsync(() -> node.bean(Bounded.class).endless());
		assertThat(interrupted.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
		Awaitility.await().until(() -> server.cli("EXISTS", "dlock:{endless}").equals("0"));
	}

	@Test
	void aLockStaysForAsLongAsAtLeastAcrossAShutdown() {
		JobNode node = start(Duration.ZERO, Bounded.class);
		node.bean(Bounded.class).brief();
		assertThat(node.events()).hasAtLeastOneElementOfType(LockReleasedEvent.class);
		node.close();
		assertThat(Long.parseLong(server.cli("PTTL", "dlock:{brief}"))).isGreaterThan(20_000);
	}

	@Test
	void aShutdownInterruptsWhatOutlastsItsGraceAndFreesTheLock() {
		JobNode node = start(Duration.ZERO, Bounded.class);
		CompletableFuture<Boolean> interrupted = CompletableFuture
			.supplyAsync(() -> node.bean(Bounded.class).hanging());
		Awaitility.await().until(() -> server.cli("EXISTS", "dlock:{hanging}").equals("1"));
		node.close();
		assertThat(interrupted).succeedsWithin(PATIENCE).isEqualTo(true);
		assertThat(server.cli("EXISTS", "dlock:{hanging}")).isEqualTo("0");
	}

	private String holderOf(String key) {
		return server.cli("GET", "dlock:{" + key + "}").replaceFirst(":\\d+ .*", "");
	}

	private List<Long> millis(String job) {
		return this.runs.ticks(job)
			.keySet()
			.stream()
			.map((tick) -> Long.valueOf(tick.replaceFirst(".* @ ", "")))
			.sorted()
			.toList();
	}

	private static List<Long> consecutive(List<Long> times, long period) {
		return LongStream.range(0, times.size()).mapToObj((i) -> times.get(0) + i * period).toList();
	}

	private void awaitRuns(String job, int count) {
		Awaitility.await(job).atMost(PATIENCE).until(() -> this.runs.of(job).size() >= count);
	}

	private void stopAll() {
		this.nodes.forEach(JobNode::close);
	}

	private JobNode start(Duration clockAhead, Class<?>... components) {
		JobNode node = JobNode.start(server, clockAhead, this.runs, components);
		this.nodes.add(node);
		return node;
	}

	static class CronJob {

		private final Runs runs;

		CronJob(Runs runs) {
			this.runs = runs;
		}

		@SingletonJob("cron")
		@Scheduled(cron = "* * * * * *")
		void cron() {
			this.runs.add("cron");
		}

	}

	static class RateJob {

		private final Runs runs;

		RateJob(Runs runs) {
			this.runs = runs;
		}

		@SingletonJob("rate")
		@Scheduled(fixedRateString = "${rate:1s}")
		void rate() {
			this.runs.add("rate");
		}

	}

	static class DelayJob {

		private final Runs runs;

		DelayJob(Runs runs) {
			this.runs = runs;
		}

		@SingletonJob("delay")
		@Scheduled(fixedDelay = 500)
		void delay() throws InterruptedException {
			this.runs.add("delay");
			new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS);
		}

	}

	static class OnceJob {

		private final Runs runs;

		OnceJob(Runs runs) {
			this.runs = runs;
		}

		@SingletonJob("once")
		@Scheduled(fixedDelay = Long.MAX_VALUE)
		void once() {
			this.runs.add("once");
		}

		@SingletonJob("once at a rate")
		@Scheduled(fixedRate = Long.MAX_VALUE)
		void onceAtARate() {
			this.runs.add("once at a rate");
		}

	}

	static class Callee {

		private final Runs runs;

		Callee(Runs runs) {
			this.runs = runs;
		}

		@SingletonJob("callee")
		void callee() {
			this.runs.add("callee");
		}

	}

	static class Caller {

		private final Callee callee;

		Caller(Callee callee) {
			this.callee = callee;
		}

		@Scheduled(cron = "* * * * * *")
		void call() {
			this.callee.callee();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync(proxyTargetClass = true)
	static class Asynchronous {

		@Bean
		Executor taskExecutor() {
			return (task) -> new Thread(task, "elsewhere").start();
		}

	}

	static class AsyncJob {

		private final Runs runs;

		AsyncJob(Runs runs) {
			this.runs = runs;
		}

		@Async("taskExecutor")
		@SingletonJob("async")
		@Scheduled(cron = "* * * * * *")
		void async() {
			assertThat(Thread.currentThread().getName()).isEqualTo("elsewhere");
			this.runs.add("async");
		}

	}

	static class MonoJob {

		private final Runs runs;

		MonoJob(Runs runs) {
			this.runs = runs;
		}

		@SingletonJob("mono")
		@Scheduled(cron = "* * * * * *")
		Mono<Void> mono() {
			Lease lease = CurrentJob.lease();
			return Mono.fromRunnable(() -> this.runs.add("mono", lease.key()));
		}

	}

	interface Interface {

		void job();

	}

	static class InterfaceJob implements Interface {

		private final Runs runs;

		InterfaceJob(Runs runs) {
			this.runs = runs;
		}

		@Override
		@SingletonJob("interface")
		@Scheduled(cron = "* * * * * *")
		public void job() {
			this.runs.add("interface");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OtherScheduler {

		@Bean
		SimpleAsyncTaskScheduler other() {
			SimpleAsyncTaskScheduler scheduler = new SimpleAsyncTaskScheduler();
			scheduler.setVirtualThreads(Runtime.version().feature() >= 21);
			return scheduler;
		}

	}

	static class QualifiedJob {

		private final Runs runs;

		QualifiedJob(Runs runs) {
			this.runs = runs;
		}

		@SingletonJob("qualified")
		@Scheduled(cron = "* * * * * *", scheduler = "other", zone = "Asia/Tokyo")
		void job() {
			this.runs.add("qualified");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class DroppingScheduler {

		@Bean
		SimpleAsyncTaskScheduler other() {
			AtomicInteger handedOn = new AtomicInteger();
			SimpleAsyncTaskScheduler scheduler = new SimpleAsyncTaskScheduler();
			scheduler.setTargetTaskExecutor((task) -> {
				if (handedOn.incrementAndGet() <= 5) {
					throw new TaskRejectedException("There is no room");
				}
				new Thread(task, "elsewhere").start();
			});
			return scheduler;
		}

	}

	static class LateJob {

		private final Runs runs;

		private final List<Long> times = new CopyOnWriteArrayList<>();

		LateJob(Runs runs) {
			this.runs = runs;
		}

		@SingletonJob("late")
		@Scheduled(cron = "* * * * * *", scheduler = "other")
		void job() {
			this.times.add(System.currentTimeMillis());
			this.runs.add("late");
		}

		List<Long> times() {
			return this.times;
		}

	}

	static class TwoSchedules {

		private final Runs runs;

		TwoSchedules(Runs runs) {
			this.runs = runs;
		}

		@SingletonJob("two")
		@Scheduled(cron = "* * * * * *")
		@Scheduled(fixedRate = 700)
		void two() {
			this.runs.add("two");
		}

	}

	static class LeaderJob {

		private final Runs runs;

		LeaderJob(Runs runs) {
			this.runs = runs;
		}

		@SingletonJob(key = "leader", mode = JobMode.LEADER)
		@Scheduled(cron = "* * * * * *")
		void leader() {
			this.runs.addLed("leader");
		}

	}

	static class Bounded {

		@SingletonJob(key = "endless", atMost = "300ms")
		Boolean endless() {
			return isInterrupted();
		}

		@SingletonJob(key = "brief", atLeast = "30s")
		void brief() {
		}

		@SingletonJob("hanging")
		Boolean hanging() {
			return isInterrupted();
		}

		private static boolean isInterrupted() {
			try {
				return new CountDownLatch(1).await(1, TimeUnit.MINUTES);
			}
			catch (InterruptedException ex) {
				return true;
			}
		}

	}

}
