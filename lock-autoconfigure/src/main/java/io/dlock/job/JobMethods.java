package io.dlock.job;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * The methods with {@link SingletonJob}, by class. A method that cannot work is refused
 * when its class is first looked at, which is when a bean of the class is created.
 */
final class JobMethods {

	private final Map<Class<?>, Map<Method, JobMethod>> byClass = new ConcurrentHashMap<>();

	private final Environment environment;

	JobMethods(Environment environment) {
		this.environment = environment;
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
		return MethodIntrospector.selectMethods(targetClass, (Method method) -> {
			SingletonJob annotation = AnnotatedElementUtils.findMergedAnnotation(method, SingletonJob.class);
			return (annotation != null) ? read(method, targetClass, annotation) : null;
		});
	}

	private JobMethod read(Method method, Class<?> targetClass, SingletonJob annotation) {
		try {
			checkCallable(method);
			checkEndIsKnown(method);
			return new JobMethod(method, key(method, targetClass, annotation.key()), SkippedResult.of(method));
		}
		catch (RuntimeException ex) {
			throw new IllegalStateException(
					"@SingletonJob cannot work on method %s: %s".formatted(JobMethod.nameOf(method), ex.getMessage()),
					ex);
		}
	}

	private static void checkCallable(Method method) {
		if (Modifier.isPrivate(method.getModifiers()) || Modifier.isStatic(method.getModifiers())) {
			throw new IllegalStateException(
					"it is private or static, so that no call of it can be seen: make it neither");
		}
	}

	private static void checkEndIsKnown(Method method) {
		Class<?> type = method.getReturnType();
		boolean reactive = !CompletionStage.class.isAssignableFrom(type)
				&& ReactiveAdapterRegistry.getSharedInstance().getAdapter(type) != null;
		if (reactive || KotlinDetector.isSuspendingFunction(method)) {
			throw new IllegalStateException(
					"it returns before its work is done, in a way that dlock cannot follow: return a CompletionStage");
		}
	}

	private JobKey key(Method method, Class<?> targetClass, String key) {
		if (!StringUtils.hasText(key)) {
			String name = defaultKey(method, targetClass);
			return (arguments) -> name;
		}
		String text = this.environment.resolveRequiredPlaceholders(key);
		if (!StringUtils.hasText(text) || text.startsWith("}")) {
			throw new IllegalStateException(
					"its key '%s' is blank or begins with '}': name it otherwise".formatted(text));
		}
		return KeyExpression.parse(text, method);
	}

	private String defaultKey(Method method, Class<?> targetClass) {
		String application = this.environment.getProperty("spring.application.name", "");
		String parameters = Arrays.stream(method.getParameterTypes())
			.map(Class::getSimpleName)
			.collect(Collectors.joining(",", "(", ")"));
		return (application.isBlank() ? "" : application + ":") + targetClass.getName() + "." + method.getName()
				+ ((method.getParameterCount() > 0) ? parameters : "");
	}

}
