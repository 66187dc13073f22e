package io.dlock.job;

import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.dlock.Lease;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.support.AopUtils;

/**
 * One run of a job, with its lock or, where that is allowed, without. It ends when the
 * work is done, not when the method returns, and may be stopped before.
 * <p>
 * The thread is interrupted only while the method is on it: an interrupt that comes too
 * late would hit whatever the thread does next.
 */
final class JobRun {

	private final JobMethod job;

	private final @Nullable Lease lease;

	private final Runnable release;

	/** The thread that the method is on. Guarded by this. */
	private @Nullable Thread thread;

	/** Whether that was interrupted. Guarded by this. */
	private boolean interrupted;

	/** Whether to stop whatever begins from now on. Guarded by this. */
	private boolean stopped;

	/** Stops what goes on without the thread. Guarded by this. */
	private @Nullable Runnable cancellation;

	private final CompletableFuture<Void> over = new CompletableFuture<>();

	private JobRun(JobMethod job, @Nullable Lease lease, Runnable release) {
		this.job = job;
		this.lease = lease;
		this.release = release;
	}

	/**
	 * A run that ends with its lease.
	 */
	static JobRun under(JobMethod job, Lease lease) {
		JobRun run = new JobRun(job, lease, lease::close);
		if (job.settings().onLoss() == OnLoss.INTERRUPT) {
			lease.onLost((cause) -> run.stop());
		}
		return run;
	}

	/**
	 * A run under a lease that outlasts it. Whoever keeps the lease stops the run when it
	 * is lost.
	 * @param end what to do when the work is done
	 */
	static JobRun within(JobMethod job, Lease lease, Runnable end) {
		return new JobRun(job, lease, end);
	}

	/**
	 * A run without a lock.
	 */
	static JobRun unguarded(JobMethod job) {
		return new JobRun(job, null, () -> {
		});
	}

	JobMethod job() {
		return this.job;
	}

	@Nullable Lease lease() {
		return this.lease;
	}

	/**
	 * Whether that is the job's method, or one that it overrides, and may have called.
	 */
	boolean isOf(Method method) {
		Class<?> type = this.job.method().getDeclaringClass();
		return method.getDeclaringClass().isAssignableFrom(type)
				&& AopUtils.getMostSpecificMethod(method, type).equals(this.job.method());
	}

	synchronized boolean isOn(Thread other) {
		return this.thread == other;
	}

	/**
	 * Calls the method, and ends the run with it, or with the stage that it returns.
	 */
	@Nullable Object call(MethodInvocation invocation) throws Throwable {
		CompletionStage<?> pending = null;
		try {
			Object result = callOnThread(invocation);
			if (result instanceof CompletionStage<?> stage && !isDone(stage)) {
				pending = stage;
				cancelBy(() -> stage.toCompletableFuture().cancel(true));
				// The thread that completes the stage may be one that must not wait.
				stage.whenCompleteAsync((value, failure) -> end());
			}
			return result;
		}
		finally {
			if (pending == null) {
				end();
			}
		}
	}

	/**
	 * Calls the method; the run goes on.
	 */
	@Nullable Object callOnThread(MethodInvocation invocation) throws Throwable {
		if (this.job.wantsLease()) {
			((ProxyMethodInvocation) invocation)
				.setArguments(this.job.withLease(invocation.getArguments(), this.lease));
		}
		boolean interruptedBefore = Thread.currentThread().isInterrupted();
		JobRun outer = CurrentJob.enter(this);
		try {
			begin();
			return invocation.proceed();
		}
		finally {
			leaveThread(interruptedBefore);
			CurrentJob.leave(outer);
		}
	}

	private synchronized void begin() {
		this.thread = Thread.currentThread();
		if (this.stopped) {
			interrupt(this.thread);
		}
	}

	/**
	 * From here on the thread is not interrupted, and an interrupt of ours that the
	 * method has not taken note of is taken back.
	 */
	private synchronized void leaveThread(boolean interruptedBefore) {
		this.thread = null;
		if (this.interrupted && Thread.interrupted() && interruptedBefore) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Stops the work, as far as it can be stopped.
	 */
	void stop() {
		Runnable cancel;
		synchronized (this) {
			this.stopped = true;
			if (this.thread != null) {
				interrupt(this.thread);
			}
			cancel = this.cancellation;
		}
		if (cancel != null) {
			cancel.run();
		}
	}

	/** Guarded by this. */
	private void interrupt(Thread worker) {
		this.interrupted = true;
		worker.interrupt();
	}

	/**
	 * How to stop what goes on when the thread is through with the method.
	 */
	void cancelBy(Runnable cancel) {
		boolean late;
		synchronized (this) {
			this.cancellation = cancel;
			late = this.stopped;
		}
		if (late) {
			cancel.run();
		}
	}

	/**
	 * The work is done: gives back the lock.
	 */
	void end() {
		try {
			this.release.run();
		}
		finally {
			this.over.complete(null);
		}
	}

	/**
	 * Completes when the work is done and the lock given back.
	 */
	CompletableFuture<Void> over() {
		return this.over;
	}

	private static boolean isDone(CompletionStage<?> stage) {
		return stage instanceof CompletableFuture<?> future && future.isDone();
	}

}
