package io.dlock.job;

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Carries the tick of a scheduled job through advice that goes to another thread before
 * it comes to the lock, as {@code @Async} does, or comes to it more than once, as
 * {@code @Retryable} does.
 * <p>
 * It is not {@link org.springframework.core.Ordered}, and therefore comes after all
 * post-processors that are: around their advice.
 */
public final class TickCarrier implements BeanPostProcessor {

	private static final MethodInterceptor CARRY = new Carry();

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof Advised advised && !advised.isFrozen() && hasAdviceAroundTheLock(advised)) {
			advised.addAdvisor(0,
					new DefaultPointcutAdvisor(new AnnotationMatchingPointcut(null, SingletonJob.class, true), CARRY));
		}
		return bean;
	}

	private static boolean hasAdviceAroundTheLock(Advised advised) {
		Advisor[] advisors = advised.getAdvisors();
		for (int i = 0; i < advisors.length; i++) {
			if (advisors[i].getAdvice() instanceof SingletonJobInterceptor) {
				return i > 0;
			}
		}
		return false;
	}

	private static final class Carry implements MethodInterceptor {

		@Override
		public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
			ScheduledCall.carryTick(invocation);
			return invocation.proceed();
		}

	}

}
