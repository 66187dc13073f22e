package io.dlock.job;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

import io.dlock.LockRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.core.ResolvableType;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SingletonJob} beside other annotations, and on every kind of proxy.
 */
class SingletonJobCompanyTests {

	@Test
	void theTransactionEndsBeforeTheLockIsReleased() {
		try (AnnotationConfigApplicationContext context = start(Transactions.class, TransactionalJob.class)) {
			context.getBean(TransactionalJob.class).job();
			assertThat(story(context)).containsExactly("acquired job", "begin", "work", "commit", "released job");
		}
	}

	@ParameterizedTest
	@ValueSource(classes = { DefaultOrder.class, EarlyOrder.class })
	void theLockIsTakenWhereTheWorkIsDone(Class<?> configuration) {
		try (AnnotationConfigApplicationContext context = start(configuration, AsyncJob.class)) {
			context.getBean(AsyncJob.class).job();
			assertThat(story(context)).isEmpty();
			context.getBean(LaterExecutor.class).runAll();
			assertThat(story(context)).containsExactly("acquired job", "work", "released job");
		}
	}

	@Test
	void aScheduledJobIsSkippedAndRunsWhenTheLockIsFree() {
		try (AnnotationConfigApplicationContext context = start(Scheduling.class, ScheduledJob.class)) {
			Awaitility.await().until(() -> story(context).contains("refused job"));
			ScheduledJob job = context.getBean(ScheduledJob.class);
			assertThat(job.runs()).isZero();
			context.getBean(JobLocks.class).free("job");
			Awaitility.await().until(() -> job.runs() > 0);
		}
	}

	@Test
	void aClassIsProxiedAsAClassAndTheAnnotationFoundOnItsInterface() {
		try (AnnotationConfigApplicationContext context = start(ClassProxies.class, ByInterface.class)) {
			ByInterface job = context.getBean(ByInterface.class);
			assertThat(AopUtils.isCglibProxy(job)).isTrue();
			job.job("a");
			assertThat(story(context)).containsExactly("acquired a", "released a");
		}
	}

	@Test
	void anInterfaceIsProxiedAsAnInterface() {
		try (AnnotationConfigApplicationContext context = start(ByInterface.class)) {
			Job<String> job = context
				.<Job<String>>getBeanProvider(ResolvableType.forClass(ByInterface.class).as(Job.class))
				.getObject();
			assertThat(AopUtils.isJdkDynamicProxy(job)).isTrue();
			job.job("a");
			assertThat(story(context)).containsExactly("acquired a", "released a");
		}
	}

	@Test
	void theRegistryIsNotAskedForBeforeAJobIsCalled() {
		try (AnnotationConfigApplicationContext context = start(TransactionalJob.class)) {
			assertThat(context.getBeanFactory().containsSingleton("registry")).isFalse();
			context.getBean(TransactionalJob.class).job();
			assertThat(context.getBeanFactory().containsSingleton("registry")).isTrue();
		}
	}

	@Test
	void aJobOfAScopedBeanTakesTheLockOnce() {
		try (AnnotationConfigApplicationContext context = start(ScopedJobs.class)) {
			context.getBean(TransactionalJob.class).job();
			assertThat(story(context)).containsExactly("acquired job", "work", "released job");
		}
	}

	private static AnnotationConfigApplicationContext start(Class<?>... components) {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		context.register(Locks.class);
		for (Class<?> component : components) {
			if (component == ByInterface.class) {
				context.registerBean("byInterface", ByInterface.class);
			}
			else {
				context.register(component);
			}
		}
		context.refresh();
		return context;
	}

	private static List<String> story(AnnotationConfigApplicationContext context) {
		return context.getBean(JobLocks.class).story();
	}

	@Configuration(proxyBeanMethods = false)
	static class Locks {

		@Bean
		JobLocks jobLocks() {
			return new JobLocks();
		}

		@Bean
		@Lazy
		LockRegistry registry(JobLocks locks) {
			return locks.registry;
		}

		@Bean
		static SingletonJobBeanPostProcessor singletonJobs(ObjectProvider<LockRegistry> registry) {
			return new SingletonJobBeanPostProcessor(registry::getObject, new RunningJobs(0, Duration.ofSeconds(5)));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement
	static class Transactions {

		@Bean
		PlatformTransactionManager transactionManager(JobLocks locks) {
			return new TellingTransactionManager(locks);
		}

	}

	static class TellingTransactionManager extends AbstractPlatformTransactionManager {

		private final transient JobLocks locks;

		TellingTransactionManager(JobLocks locks) {
			this.locks = locks;
		}

		@Override
		protected Object doGetTransaction() {
			return "transaction";
		}

		@Override
		protected void doBegin(Object transaction, TransactionDefinition definition) {
			this.locks.story().add("begin");
		}

		@Override
		protected void doCommit(DefaultTransactionStatus status) {
			this.locks.story().add("commit");
		}

		@Override
		protected void doRollback(DefaultTransactionStatus status) {
			this.locks.story().add("rollback");
		}

	}

	static class TransactionalJob {

		private final JobLocks locks;

		TransactionalJob(JobLocks locks) {
			this.locks = locks;
		}

		@SingletonJob("job")
		@Transactional
		void job() {
			this.locks.story().add("work");
		}

	}

	static class Executors {

		@Bean
		LaterExecutor taskExecutor() {
			return new LaterExecutor();
		}

	}

	/**
	 * Keeps what it is to run until it is told to.
	 */
	static class LaterExecutor implements Executor {

		private final List<Runnable> tasks = new ArrayList<>();

		@Override
		public void execute(Runnable task) {
			this.tasks.add(task);
		}

		void runAll() {
			this.tasks.forEach(Runnable::run);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync(proxyTargetClass = true)
	static class DefaultOrder extends Executors {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync(proxyTargetClass = true, order = 0)
	static class EarlyOrder extends Executors {

	}

	static class AsyncJob {

		private final JobLocks locks;

		AsyncJob(JobLocks locks) {
			this.locks = locks;
		}

		@Async
		@SingletonJob("job")
		void job() {
			this.locks.story().add("work");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	static class Scheduling {

	}

	static class ScheduledJob {

		private final AtomicInteger runs = new AtomicInteger();

		ScheduledJob(JobLocks locks) {
			locks.hold("job");
		}

		int runs() {
			return this.runs.get();
		}

		@Scheduled(fixedDelay = 10)
		@SingletonJob("job")
		void job() {
			this.runs.incrementAndGet();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement(proxyTargetClass = true)
	static class ClassProxies {

	}

	interface Job<T> {

		@SingletonJob("#{#a0}")
		void job(T name);

	}

	static class ByInterface implements Job<String> {

		@Override
		public void job(String name) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ScopedJobs {

		@Bean
		@Scope(scopeName = "prototype", proxyMode = ScopedProxyMode.TARGET_CLASS)
		TransactionalJob job(JobLocks locks) {
			return new TransactionalJob(locks);
		}

	}

}
