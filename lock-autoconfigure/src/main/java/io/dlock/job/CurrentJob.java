package io.dlock.job;

import java.lang.StackWalker.StackFrame;
import java.lang.reflect.Method;
import java.util.Optional;

import io.dlock.Lease;
import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * The {@link SingletonJob} that runs on the calling thread, for the code within it: how a
 * {@code @Scheduled} method, which has no parameters, reaches its lease. <pre>
 * CurrentJob.assertHeld();
 * accounts.write(balance, CurrentJob.lease().fencingToken());
 * </pre>
 * <p>
 * It is known on the thread that runs the method, until the method returns. Whoever goes
 * on elsewhere, in a stage, a {@code Mono} or another thread, takes the {@link Lease}
 * along, or has it as a parameter of the method.
 */
public final class CurrentJob {

	private static final StackWalker STACK = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

	private static final ThreadLocal<@Nullable JobRun> current = new ThreadLocal<>();

	private CurrentJob() {
	}

	/**
	 * The lease of the innermost job that runs on this thread.
	 * @return the lease
	 * @throws IllegalStateException when no job runs on this thread, or it runs without a
	 * lock
	 */
	public static Lease lease() {
		JobRun run = current.get();
		if (run == null) {
			throw new IllegalStateException("No @SingletonJob runs on this thread: call its method through its bean,"
					+ " and take the lease along where work goes on elsewhere");
		}
		Lease lease = run.lease();
		if (lease == null) {
			throw new IllegalStateException("@SingletonJob method %s runs without its lock, as its whenUnavailable says"
				.formatted(run.job().name()));
		}
		return lease;
	}

	/**
	 * Fails unless the innermost job on the stack runs under its lock now: the guard for
	 * code that must not be reached otherwise. It finds a job whose method was called
	 * from within its own object, past the proxy.
	 * @throws io.dlock.LeaseLostException when the lock was lost
	 * @throws IllegalStateException when the job runs without its lock, or no job runs on
	 * this thread
	 */
	public static void assertHeld() {
		Lease lease = lease();
		JobRun run = current.get();
		Optional<Method> called = STACK.walk((frames) -> frames.map(CurrentJob::methodOf)
			.flatMap(Optional::stream)
			.filter((method) -> AnnotatedElementUtils.hasAnnotation(method, SingletonJob.class))
			.findFirst());
		if (called.isPresent() && run != null && !run.isOf(called.get())) {
			throw new IllegalStateException("@SingletonJob method %s was called past its proxy, from within its own "
				.formatted(JobMethod.nameOf(called.get())) + "object: its lock is not held. Call it through its bean");
		}
		lease.requireValid();
	}

	private static Optional<Method> methodOf(StackFrame frame) {
		try {
			return Optional.of(frame.getDeclaringClass()
				.getDeclaredMethod(frame.getMethodName(), frame.getMethodType().parameterArray()));
		}
		catch (NoSuchMethodException | LinkageError ex) {
			return Optional.empty(); // a constructor, or a class that cannot be looked
										// into
		}
	}

	/**
	 * A job begins on this thread.
	 * @return the one within which it runs, if there is one
	 */
	static @Nullable JobRun enter(JobRun run) {
		JobRun outer = current.get();
		current.set(run);
		return outer;
	}

	static void leave(@Nullable JobRun outer) {
		if (outer != null) {
			current.set(outer);
		}
		else {
			current.remove();
		}
	}

}
