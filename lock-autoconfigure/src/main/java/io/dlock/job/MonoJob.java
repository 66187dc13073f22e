package io.dlock.job;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import io.dlock.DistributedLock;
import io.dlock.Lease;
import io.dlock.LeaseLostException;
import io.dlock.LockRegistryClosedException;
import io.dlock.LockUnavailableException;
import io.dlock.core.Tick;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.aop.ProxyMethodInvocation;

/**
 * The result of a job that returns a {@code Mono}: each subscription is a call, which
 * takes the lock, without a thread that waits for it, and holds it until the end. The
 * method is called then, on a thread that may block.
 * <p>
 * Nothing else in this package knows Reactor, which need not be there.
 */
final class MonoJob {

	private final JobMethod job;

	private final MethodInvocation invocation;

	private final RunningJobs running;

	private MonoJob(JobMethod job, MethodInvocation invocation, RunningJobs running) {
		this.job = job;
		this.invocation = invocation;
		this.running = running;
	}

	/**
	 * The result of a call. Spring's scheduler calls the method once, and subscribes at
	 * each tick.
	 * @param job what is called
	 * @param locks gives the lock for a tick, or for none
	 * @param invocation the call
	 * @param running keeps account of what runs
	 */
	static Mono<?> of(JobMethod job, Function<@Nullable Tick, DistributedLock> locks, MethodInvocation invocation,
			RunningJobs running) {
		MonoJob mono = new MonoJob(job, invocation, running);
		return Mono.defer(() -> {
			DueTick due = ScheduledCall.takeTick(invocation, job.method());
			DistributedLock lock = locks.apply((due != null) ? due.tick() : null);
			return acquire(job, lock).doOnError(LockUnavailableException.class, (outage) -> putBack(due))
				.map((lease) -> JobRun.under(job, lease))
				.onErrorResume(LockUnavailableException.class, mono::withoutLock)
				.onErrorResume(LockRegistryClosedException.class,
						(closed) -> (due != null) ? Mono.empty() : Mono.error(closed))
				.flatMap(mono::work);
		});
	}

	private static void putBack(@Nullable DueTick due) {
		if (due != null) {
			due.putBack();
		}
	}

	private static Mono<Lease> acquire(JobMethod job, DistributedLock lock) {
		Duration wait = job.settings().waitFor();
		return Mono.fromFuture(() -> attempt(lock, wait)).flatMap(Mono::justOrEmpty);
	}

	private static CompletableFuture<Optional<Lease>> attempt(DistributedLock lock, Duration wait) {
		return wait.isZero() ? lock.tryAcquireAsync() : lock.tryAcquireAsync(wait);
	}

	private Mono<JobRun> withoutLock(LockUnavailableException outage) {
		return this.job.runsWithoutLock(outage) ? Mono.just(JobRun.unguarded(this.job)) : Mono.empty();
	}

	private Mono<Object> work(JobRun begun) {
		JobRun run = this.running.add(begun);
		Mono<Void> stopped = Mono.create((sink) -> run.cancelBy(() -> sink.error(lost(run))));
		Mono<Void> end = Mono.<Void>fromRunnable(run::end).subscribeOn(Schedulers.boundedElastic());
		return Mono.usingWhen(Mono.just(run), (held) -> call(held).takeUntilOther(stopped), (held) -> end,
				(held, failure) -> end, (held) -> end);
	}

	@SuppressWarnings("unchecked")
	private Mono<Object> call(JobRun run) {
		try {
			Object result = run.callOnThread(((ProxyMethodInvocation) this.invocation).invocableClone());
			return (result != null) ? (Mono<Object>) result : Mono.empty();
		}
		catch (Throwable failure) {
			return Mono.error(failure);
		}
	}

	private static RuntimeException lost(JobRun run) {
		@Nullable Lease lease = run.lease();
		if (lease != null) {
			try {
				lease.requireValid();
			}
			catch (LeaseLostException ex) {
				return ex;
			}
		}
		return new IllegalStateException("@SingletonJob method %s was stopped at %s, because the application stops"
			.formatted(run.job().name(), Instant.now()));
	}

}
