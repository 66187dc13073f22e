package io.dlock.job;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * The methods with {@link SingletonJob}, by class. A method that cannot work is refused
 * when its class is first looked at, which is when a bean of the class is created.
 */
final class JobMethods {

	private final Map<Class<?>, Map<Method, JobMethod>> byClass = new ConcurrentHashMap<>();

	private final Environment environment;

	private final BeanFactory beans;

	private final SharedKeys sharedKeys;

	JobMethods(Environment environment, BeanFactory beans, SharedKeys sharedKeys) {
		this.environment = environment;
		this.beans = beans;
		this.sharedKeys = sharedKeys;
	}

	/**
	 * The jobs of a class, declared or inherited.
	 * @param targetClass the class of a bean, without its proxy
	 * @return its jobs
	 * @throws IllegalStateException when one of them cannot work
	 */
	Collection<JobMethod> of(Class<?> targetClass) {
		return byMethod(targetClass).values();
	}

	/**
	 * The job that a method is.
	 * @param method the method of the class that is called
	 * @param targetClass the class of a bean, without its proxy
	 * @return the job
	 */
	JobMethod get(Method method, Class<?> targetClass) {
		JobMethod job = byMethod(targetClass).get(method);
		if (job == null) {
			throw new IllegalStateException("%s is not a method with @SingletonJob".formatted(method));
		}
		return job;
	}

	private Map<Method, JobMethod> byMethod(Class<?> targetClass) {
		return this.byClass.computeIfAbsent(targetClass, this::read);
	}

	private Map<Method, JobMethod> read(Class<?> targetClass) {
		Map<Method, JobMethod> jobs = MethodIntrospector.selectMethods(targetClass, (Method method) -> {
			SingletonJob annotation = AnnotatedElementUtils.findMergedAnnotation(method, SingletonJob.class);
			return (annotation != null) ? read(method, targetClass, annotation) : null;
		});
		checkInterfaces(targetClass, jobs.keySet());
		return jobs;
	}

	/**
	 * A method that is inherited from a class which does not have the interface has its
	 * annotation nowhere, and would run without a lock.
	 */
	private static void checkInterfaces(Class<?> targetClass, Set<Method> jobs) {
		for (Class<?> type : ClassUtils.getAllInterfacesForClass(targetClass)) {
			for (Method method : type.getMethods()) {
				Method called = AopUtils.getMostSpecificMethod(method, targetClass);
				if (AnnotatedElementUtils.hasAnnotation(method, SingletonJob.class) && !jobs.contains(called)) {
					throw new IllegalStateException("""
							@SingletonJob cannot work on method %s: %s inherits %s, which does not know of it: put the \
							annotation there, or override the method""".formatted(JobMethod.nameOf(method),
							targetClass.getName(), JobMethod.nameOf(called)));
				}
			}
		}
	}

	private JobMethod read(Method method, Class<?> targetClass, SingletonJob annotation) {
		try {
			checkCallable(method, ClassUtils.getUserClass(targetClass));
			SkippedResult skipped = SkippedResult.of(method);
			checkEndIsKnown(method, skipped);
			JobMethod job = new JobMethod(method, key(method, targetClass, annotation.key()), skipped,
					JobSettings.of(annotation, this.environment));
			checkMode(job);
			checkLeaseIsThere(job);
			return job;
		}
		catch (RuntimeException ex) {
			throw new IllegalStateException(
					"@SingletonJob cannot work on method %s: %s".formatted(JobMethod.nameOf(method), ex.getMessage()),
					ex);
		}
	}

	private static void checkCallable(Method method, Class<?> beanClass) {
		if (Modifier.isPrivate(method.getModifiers()) || Modifier.isStatic(method.getModifiers())) {
			throw new IllegalStateException(
					"it is private or static, so that no call of it can be seen: make it neither");
		}
		if (isHiddenFrom(beanClass, method)) {
			throw new IllegalStateException("it is package-private, so that no call of it can be seen in %s, which "
				.formatted(beanClass.getName()) + "inherits it in another package: make it public or protected");
		}
	}

	/**
	 * Whether a proxy, which is in the package of the class, cannot override the method.
	 * A package is one only within a class loader.
	 */
	private static boolean isHiddenFrom(Class<?> beanClass, Method method) {
		Class<?> declaring = method.getDeclaringClass();
		boolean packagePrivate = (method.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED)) == 0;
		return packagePrivate && !(declaring.getPackageName().equals(beanClass.getPackageName())
				&& declaring.getClassLoader() == beanClass.getClassLoader());
	}

	private static void checkEndIsKnown(Method method, SkippedResult skipped) {
		Class<?> type = method.getReturnType();
		boolean followed = CompletionStage.class.isAssignableFrom(type) || skipped == SkippedResult.EMPTY_MONO;
		boolean reactive = ReactiveAdapterRegistry.getSharedInstance().getAdapter(type) != null;
		if ((reactive && !followed) || KotlinDetector.isSuspendingFunction(method)) {
			throw new IllegalStateException("it returns before its work is done, in a way that dlock cannot follow:"
					+ " return a CompletionStage or a Mono");
		}
	}

	private static void checkMode(JobMethod job) {
		if (job.settings().mode() == JobMode.LEADER && job.skipped() == SkippedResult.EMPTY_MONO) {
			throw new IllegalStateException(
					"it returns a Mono, for which there is no mode LEADER: return a CompletionStage, or take mode out");
		}
	}

	private static void checkLeaseIsThere(JobMethod job) {
		if (job.wantsLease() && job.settings().whenUnavailable() == WhenUnavailable.RUN) {
			throw new IllegalStateException("it wants a Lease, which there is none of when it runs without its lock:"
					+ " take the parameter out, or whenUnavailable = RUN");
		}
	}

	private JobKey key(Method method, Class<?> targetClass, String key) {
		if (!StringUtils.hasText(key)) {
			return fixed(defaultKey(method, targetClass), method);
		}
		String text = this.environment.resolveRequiredPlaceholders(key);
		if (!StringUtils.hasText(text) || text.startsWith("}")) {
			throw new IllegalStateException(
					"its key '%s' is blank or begins with '}': name it otherwise".formatted(text));
		}
		JobKey parsed = KeyExpression.parse(text, method, this.beans);
		return (parsed instanceof KeyExpression) ? parsed : fixed(text, method);
	}

	private JobKey fixed(String name, Method method) {
		FixedKey key = new FixedKey(name);
		this.sharedKeys.add(method, key);
		return key;
	}

	private String defaultKey(Method method, Class<?> targetClass) {
		String application = this.environment.getProperty("spring.application.name", "");
		String parameters = Arrays.stream(method.getParameterTypes())
			.map(Class::getSimpleName)
			.collect(Collectors.joining(",", "(", ")"));
		String type = ClassUtils.getUserClass(targetClass).getName();
		return (application.isBlank() ? "" : application + ":") + type + "." + method.getName()
				+ ((method.getParameterCount() > 0) ? parameters : "");
	}

}
