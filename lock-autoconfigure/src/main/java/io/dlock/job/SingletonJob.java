package io.dlock.job;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.core.annotation.AliasFor;

/**
 * A method that runs in one instance of the cluster at a time: each call takes a lock if
 * it is free, and is skipped if it is not. <pre>
 * &#64;SingletonJob
 * &#64;Scheduled(cron = "0 0 2 * * *")
 * void nightlyReport() {
 * 	...
 * }
 * </pre>
 * <p>
 * <strong>Held</strong> from before the method, and the transaction it runs in, until
 * after both; when the method returns a {@link java.util.concurrent.CompletionStage},
 * until that completes. An exception of the method reaches the caller unchanged.
 * <p>
 * <strong>Skipped</strong> calls return {@code null}, an empty
 * {@link java.util.Optional}, or a stage completed with {@code null}; a
 * {@code LockFailedEvent} tells of them. Two calls in one instance exclude each other as
 * well, and a job that calls itself is skipped.
 * <p>
 * <strong>When the lock store is away</strong> nobody can say whether the job runs
 * elsewhere: it does not run here, and the call throws
 * {@link io.dlock.LockUnavailableException}.
 * <p>
 * <strong>Limits.</strong> The method has to be called through its bean, and is neither
 * private nor static, nor final where the bean is proxied by a subclass. It does not
 * return a primitive or a reactive type. The lock does not make instances whose clocks
 * differ run a job only once: a job that is quicker than the difference runs again.
 */
@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface SingletonJob {

	/**
	 * Alias for {@link #key()}.
	 * @return the lock's name
	 */
	@AliasFor("key")
	String value() default "";

	/**
	 * The name of the lock: a text in which <code>${…}</code> stands for a property and
	 * <code>#{…}</code> for an expression on the arguments, for example
	 * <code>invoice-#{#order.id}</code>. An expression that yields nothing is an error.
	 * <p>
	 * By default the application's name, the class of the bean and the method (with its
	 * parameter types, if any): beans of the same class share it.
	 * @return the lock's name
	 */
	@AliasFor("value")
	String key() default "";

}
