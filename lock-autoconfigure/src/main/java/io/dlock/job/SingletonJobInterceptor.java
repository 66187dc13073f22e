package io.dlock.job;

import java.lang.reflect.Method;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import io.dlock.DistributedLock;
import io.dlock.KeyText;
import io.dlock.Lease;
import io.dlock.LockKind;
import io.dlock.LockOptions;
import io.dlock.LockRegistry;
import io.dlock.core.LeasingLockRegistry;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.aop.support.AopUtils;

/**
 * Runs a job under its lock, or skips it.
 */
final class SingletonJobInterceptor implements MethodInterceptor {

	private static final Logger logger = LoggerFactory.getLogger(SingletonJobInterceptor.class);

	private final Supplier<LockRegistry> registry;

	private final Supplier<JobMethods> jobs;

	SingletonJobInterceptor(Supplier<LockRegistry> registry, Supplier<JobMethods> jobs) {
		this.registry = registry;
		this.jobs = jobs;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		JobMethod job = jobOf(invocation);
		String key = job.keyOf(invocation.getArguments());
		Optional<Lease> lease = lock(key).tryAcquire();
		if (lease.isEmpty()) {
			logger.debug("Skipped {}: lock {} is held", job.name(), KeyText.quoted(key));
			return job.skipped().value();
		}
		return run(invocation, lease.get());
	}

	private JobMethod jobOf(MethodInvocation invocation) {
		Class<?> targetClass = AopUtils.getTargetClass(Objects.requireNonNull(invocation.getThis(), "target"));
		Method method = AopUtils.getMostSpecificMethod(invocation.getMethod(), targetClass);
		return this.jobs.get().get(method, targetClass);
	}

	private DistributedLock lock(String key) {
		LockRegistry locks = this.registry.get();
		return (locks instanceof LeasingLockRegistry leasing) ? leasing.get(key, LockOptions.defaults(), LockKind.JOB)
				: locks.get(key);
	}

	private static @Nullable Object run(MethodInvocation invocation, Lease lease) throws Throwable {
		boolean heldByStage = false;
		try {
			Object result = invocation.proceed();
			if (result instanceof CompletionStage<?> stage && !isDone(stage)) {
				// The thread that completes the stage may be one that must not wait.
				stage.whenCompleteAsync((value, ex) -> lease.close());
				heldByStage = true;
			}
			return result;
		}
		finally {
			if (!heldByStage) {
				lease.close();
			}
		}
	}

	private static boolean isDone(CompletionStage<?> stage) {
		return stage instanceof CompletableFuture<?> future && future.isDone();
	}

}
