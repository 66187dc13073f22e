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
 * <strong>At most once per tick.</strong> Each time that a cron expression plans is run
 * by one instance, though the clocks of instances differ by up to half of the period, and
 * where all of them plan in the same time zone; a fixed rate or delay holds for the
 * cluster. A run that is under way when its instance dies is not run again. Only calls by
 * Spring's scheduler are bound to ticks: a call by hand runs whenever the lock is free.
 * <p>
 * <strong>Held</strong> from before the method, and the transaction it runs in, until
 * after both; when the method returns a {@link java.util.concurrent.CompletionStage} or a
 * {@code Mono}, until that completes. An exception of the method reaches the caller
 * unchanged. A parameter of type {@link io.dlock.Lease} is filled in, whatever the caller
 * passes; {@link CurrentJob} has the lease where there is no parameter.
 * <p>
 * <strong>Lost</strong> locks stop the job: its thread is interrupted, its future
 * cancelled, its {@code Mono} fails. Where the lock store was away, that is before
 * another instance can have the lock; where this process stood still, or somebody has
 * deleted the lock, another one may run already.
 * <p>
 * <strong>Skipped</strong> calls return {@code null}, an empty {@link java.util.Optional}
 * or {@code Mono}, or a stage completed with {@code null}; a {@code LockFailedEvent}
 * tells of them. Two calls in one instance exclude each other as well, and a job that
 * calls itself is skipped.
 * <p>
 * <strong>When the lock store is away</strong> nobody can say whether the job runs
 * elsewhere: it does not run here, and the call throws
 * {@link io.dlock.LockUnavailableException}, unless {@link #whenUnavailable()} says
 * otherwise.
 * <p>
 * <strong>Durations</strong> are written like {@code 30s}, {@code 5m} or {@code PT30S},
 * or as a <code>${…}</code> with such a value.
 * <p>
 * <strong>Limits.</strong> The method has to be called through its bean, and is neither
 * private nor static, nor package-private where a class in another package inherits it;
 * where the bean is proxied by a subclass, neither the method nor its class is final. It
 * does not return a primitive, a {@code Flux} or another reactive type, or a
 * {@code Future} that is no {@code CompletionStage}.
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
	 * <code>#{…}</code> for an expression on the arguments, and on beans, for example
	 * <code>invoice-#{#order.id}</code> or <code>#{&#64;region.name}</code>. An
	 * expression that yields nothing is an error.
	 * <p>
	 * By default the application's name, the class of the bean and the method (with its
	 * parameter types, if any): beans of the same class share it.
	 * @return the lock's name
	 */
	@AliasFor("value")
	String key() default "";

	/**
	 * For how long an instance keeps the lock: for each run, or from run to run.
	 * @return the mode
	 */
	JobMode mode() default JobMode.EACH_RUN;

	/**
	 * How long a call waits for a lock that is held. By default it does not.
	 * @return a duration
	 */
	String waitFor() default "";

	/**
	 * For how long the lock stays, even if the job is done before, or its instance gone.
	 * By default it is released when the job is done.
	 * @return a duration
	 */
	String atLeast() default "";

	/**
	 * How long a run may take. Then it is stopped as after any other loss, and its lock
	 * is given up, lost as {@linkplain io.dlock.LossCause#OVERDUE overdue}. By default it
	 * takes as long as it likes.
	 * @return a duration
	 */
	String atMost() default "";

	/**
	 * What happens to a run that loses its lock.
	 * @return whether it is stopped
	 */
	OnLoss onLoss() default OnLoss.INTERRUPT;

	/**
	 * What a call does when the lock store does not answer.
	 * @return whether it fails, is skipped, or runs without the lock
	 */
	WhenUnavailable whenUnavailable() default WhenUnavailable.FAIL;

}
