package io.dlock.autoconfigure;

import java.lang.reflect.Method;
import java.util.Set;
import java.util.stream.Stream;

import io.dlock.job.SingletonJob;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;

/**
 * What a native image needs of a bean with {@link SingletonJob}s: a proxy calls their
 * methods by reflection, and so does the expression of a key on what they are called
 * with.
 */
class JobHints implements BeanRegistrationAotProcessor {

	@Override
	public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean registeredBean) {
		Class<?> beanClass = registeredBean.getBeanClass();
		Set<Method> jobs = MethodIntrospector.selectMethods(beanClass,
				(Method method) -> AnnotatedElementUtils.hasAnnotation(method, SingletonJob.class));
		if (jobs.isEmpty()) {
			return null;
		}
		return (generation, code) -> {
			ReflectionHints hints = generation.getRuntimeHints().reflection();
			// A proxy for these calls each of their methods by reflection.
			for (Class<?> proxied : ClassUtils.getAllInterfacesForClassAsSet(beanClass)) {
				hints.registerType(proxied, MemberCategory.INVOKE_PUBLIC_METHODS);
			}
			jobs.forEach((job) -> register(job, hints));
		};
	}

	private static void register(Method job, ReflectionHints hints) {
		hints.registerMethod(job, ExecutableMode.INVOKE);
		Stream.of(job.getParameterTypes()).filter((type) -> !type.isPrimitive()).forEach((type) -> {
			// The first is for any method, the second for the properties of properties.
			hints.registerType(type, MemberCategory.INVOKE_PUBLIC_METHODS);
			new BindingReflectionHintsRegistrar().registerReflectionHints(hints, type);
		});
	}

}
