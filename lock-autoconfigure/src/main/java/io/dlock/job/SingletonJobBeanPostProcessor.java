package io.dlock.job;

import java.lang.reflect.Modifier;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.dlock.LockRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.core.Ordered;
import org.springframework.util.function.SingletonSupplier;

/**
 * Makes {@link SingletonJob} work on the methods of beans, with or without another
 * creator of proxies in the context.
 * <p>
 * It comes right after that creator and puts the lock around what is there already, so
 * that a transaction ends before the lock is released. {@code @Async}, whose
 * post-processor comes later, is around the lock: the thread that does the work holds it.
 */
public class SingletonJobBeanPostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor
		implements ApplicationContextAware {

	private final SharedKeys sharedKeys = new SharedKeys();

	private @Nullable JobMethods jobs;

	/**
	 * A post-processor.
	 * @param registry gives the registry, which is not asked for before a job is called
	 * @param running keeps account of what runs
	 */
	public SingletonJobBeanPostProcessor(Supplier<LockRegistry> registry, RunningJobs running) {
		setBeforeExistingAdvisors(true);
		setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
		this.advisor = new DefaultPointcutAdvisor(new AnnotationMatchingPointcut(null, SingletonJob.class, true),
				new SingletonJobInterceptor(new JobLocking(SingletonSupplier.of(registry)), running, this::jobs));
	}

	@Override
	public void setApplicationContext(ApplicationContext context) {
		this.jobs = new JobMethods(context.getEnvironment(), context, this.sharedKeys);
	}

	private JobMethods jobs() {
		JobMethods jobs = this.jobs;
		if (jobs == null) {
			throw new IllegalStateException("No application context is set");
		}
		return jobs;
	}

	@Override
	protected void customizeProxyFactory(ProxyFactory proxyFactory) {
		Class<?> targetClass = proxyFactory.getTargetClass();
		if (targetClass != null && proxyFactory.isProxyTargetClass() && Modifier.isFinal(targetClass.getModifiers())) {
			jobs().of(targetClass)
				.forEach((job) -> refuse(job, "its class is final, as a record is", "make it a class that is not"));
		}
	}

	/**
	 * Whether an object takes its lock already, or is around one that does: one that
	 * another bean exposes as well. A second lock around it would find the first one
	 * held.
	 */
	private static boolean isGuarded(@Nullable Object object) {
		return object instanceof Advised advised
				&& (isGuard(advised.getAdvisors()) || isGuarded(AopProxyUtils.getSingletonTarget(object)));
	}

	private static boolean isGuard(Advisor[] advisors) {
		return Stream.of(advisors).anyMatch((advisor) -> advisor.getAdvice() instanceof SingletonJobInterceptor);
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (isGuarded(bean)) {
			return bean;
		}
		Object result = super.postProcessAfterInitialization(bean, beanName);
		Class<?> targetClass = AopUtils.getTargetClass(bean);
		if (!(bean instanceof AopInfrastructureBean) && isEligible(targetClass)) {
			for (JobMethod job : jobs().of(targetClass)) {
				checkOverridable(job, result);
				this.sharedKeys.add(job, beanName);
			}
		}
		return result;
	}

	private static void checkOverridable(JobMethod job, Object proxy) {
		if (AopUtils.isCglibProxy(proxy) && Modifier.isFinal(job.method().getModifiers())) {
			refuse(job, "it is final", "make it overridable");
		}
	}

	private static void refuse(JobMethod job, String reason, String remedy) {
		throw new IllegalStateException(
				"@SingletonJob cannot work on method %s: %s, so that no call of it can be seen: %s"
					.formatted(job.name(), reason, remedy));
	}

}
