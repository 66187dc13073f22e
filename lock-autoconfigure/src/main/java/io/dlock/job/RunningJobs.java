package io.dlock.job;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;

/**
 * The jobs that run in this instance. When the application stops, they have had the grace
 * that Spring's schedulers and executors give before this stops: those that are left are
 * interrupted, and a moment later their locks are given up in any case, by the registry,
 * which stops next. A job that closes its own application is left alone.
 */
public final class RunningJobs implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(RunningJobs.class);

	private final Set<JobRun> runs = ConcurrentHashMap.newKeySet();

	private final int phase;

	private final Duration patience;

	private volatile boolean running;

	/**
	 * No jobs yet.
	 * @param phase when to stop: after what calls jobs, before the registry
	 * @param patience how long jobs that are interrupted may take to end
	 */
	public RunningJobs(int phase, Duration patience) {
		this.phase = phase;
		this.patience = patience;
	}

	/**
	 * A run begins; it is forgotten when it is over.
	 */
	JobRun add(JobRun run) {
		this.runs.add(run);
		CompletableFuture<Void> unused = run.over().thenRun(() -> this.runs.remove(run));
		return run;
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		Thread closing = Thread.currentThread();
		List<JobRun> left = this.runs.stream().filter((run) -> !run.isOn(closing)).toList();
		if (!left.isEmpty()) {
			logger.info("Interrupting for the shutdown: {}", namesOf(left));
		}
		left.forEach(JobRun::stop);
		if (!left.isEmpty() && !await(left)) {
			logger.warn("Interrupted for the shutdown, but not ended after {} ms: {}. Their locks are given up",
					this.patience.toMillis(), namesOf(left.stream().filter(this.runs::contains).toList()));
		}
	}

	private static List<String> namesOf(List<JobRun> runs) {
		return runs.stream().map((run) -> run.job().name()).toList();
	}

	private boolean await(List<JobRun> left) {
		@Nullable CompletableFuture<?>[] ends = left.stream().map(JobRun::over).toArray(CompletableFuture[]::new);
		try {
			CompletableFuture.allOf(ends).get(this.patience.toNanos(), TimeUnit.NANOSECONDS);
			return true;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
		catch (ExecutionException | TimeoutException ex) {
			return false;
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return this.phase;
	}

}
