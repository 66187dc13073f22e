package io.dlock.job;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

import io.dlock.Lease;
import io.dlock.job.elsewhere.InheritedJobs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the mistakes with {@link SingletonJob} that stop the start.
 */
class SingletonJobMistakesTests {

	static Arguments[] mistakes() {
		return new Arguments[] { Arguments.of(Primitive.class, "it returns int"),
				Arguments.of(Private.class, "it is private or static"),
				Arguments.of(Static.class, "it is private or static"), Arguments.of(Final.class, "it is final"),
				Arguments.of(FinalClass.class, "its class is final"),
				Arguments.of(FinalRecord.class, "its class is final"),
				Arguments.of(Reactive.class, "it returns before its work is done"),
				Arguments.of(PlainFuture.class, "whose end nobody is told of"),
				Arguments.of(OwnFuture.class, "of which a skipped call has none"),
				Arguments.of(Unparsable.class, "#order."), Arguments.of(UnknownArgument.class, "no argument for #ordr"),
				Arguments.of(UnknownBean.class, "no bean for @orders"),
				Arguments.of(ArgumentWithoutHash.class, "nothing called order in its key"),
				Arguments.of(MethodOfNothing.class, "nothing called current() in its key"),
				Arguments.of(UnknownProperty.class, "no.such.property"),
				Arguments.of(Brace.class, "is blank or begins with '}'"),
				Arguments.of(NoDuration.class, "its atLeast 'soon' is no duration"),
				Arguments.of(NoUnit.class, "its atMost '30' is no duration"),
				Arguments.of(Negative.class, "its waitFor '-1s' is no duration"),
				Arguments.of(UnknownDuration.class, "no.such.duration"),
				Arguments.of(NoTime.class, "its atMost is zero"),
				Arguments.of(LongerThanAtMost.class, "is longer than its atMost"),
				Arguments.of(WaitingLeader.class, "its waitFor has no use with mode LEADER"),
				Arguments.of(LeaseWithoutLock.class, "it wants a Lease") };
	}

	@ParameterizedTest
	@MethodSource("mistakes")
	void aJobThatCannotWorkStopsTheStart(Class<?> type, String reason) {
		assertThatExceptionOfType(BeanCreationException.class).isThrownBy(() -> start(type))
			.havingCause()
			.withMessageContaining("@SingletonJob cannot work on method " + type.getName() + ".job: ")
			.withMessageContaining(reason);
	}

	@Test
	void aJobThatIsHiddenInAnotherPackageStopsTheStart() {
		assertThatExceptionOfType(BeanCreationException.class).isThrownBy(() -> start(Hidden.class))
			.havingCause()
			.withMessageContaining("@SingletonJob cannot work on method %s.job: it is package-private",
					InheritedJobs.PackagePrivate.class.getName())
			.withMessageContaining("make it public or protected");
	}

	@Test
	void aJobThatIsInheritedFromAnotherPackageIsNoMistake() {
		try (AnnotationConfigApplicationContext context = start(Inheriting.class)) {
			assertThat(AopUtils.isCglibProxy(context.getBean(Inheriting.class))).isTrue();
		}
	}

	@Test
	void aJobOfAnInterfaceThatIsInheritedFromElsewhereStopsTheStart() {
		assertThatExceptionOfType(BeanCreationException.class).isThrownBy(() -> start(InheritingWork.class))
			.havingCause()
			.withMessageContaining("@SingletonJob cannot work on method %s.job", Trait.class.getName())
			.withMessageContaining("inherits %s.job", Work.class.getName());
	}

	@Test
	void aJobOfAnInterfaceMayBeItsOwnOrGeneric() {
		start(DefaultOfTrait.class).close();
		start(GenericWork.class).close();
	}

	@Test
	void aFinalMethodBehindAnInterfaceIsNoMistake() {
		try (AnnotationConfigApplicationContext context = start(FinalBehindInterface.class)) {
			assertThat(context.getBean(Runnable.class)).isNotNull();
		}
	}

	@Test
	void aFinalClassBehindAnInterfaceIsNoMistake() {
		try (AnnotationConfigApplicationContext context = start(RecordBehindInterface.class)) {
			assertThat(AopUtils.isJdkDynamicProxy(context.getBean(Runnable.class))).isTrue();
		}
	}

	private static AnnotationConfigApplicationContext start(Class<?> type) {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		context.registerBean(SingletonJobBeanPostProcessor.class, () -> new JobLocks().postProcessor());
		context.registerBean(type);
		context.refresh();
		return context;
	}

	interface Trait {

		@SingletonJob
		default void job() {
		}

	}

	interface GenericTrait<T> {

		@SingletonJob
		void job(T name);

	}

	static class Work {

		public void job() {
		}

	}

	static class InheritingWork extends Work implements Trait {

	}

	static class DefaultOfTrait implements Trait {

	}

	static class GenericWork implements GenericTrait<String> {

		@Override
		public void job(String name) {
		}

	}

	static class Primitive {

		@SingletonJob
		int job() {
			return 1;
		}

	}

	static class Private {

		@SingletonJob
		@SuppressWarnings("UnusedMethod") // What is not used is the point.
		private void job() {
		}

	}

	static class Static {

		@SingletonJob
		static void job() {
		}

	}

	static class Final {

		@SingletonJob
		final void job() {
		}

	}

	static final class FinalClass {

		@SingletonJob
		void job() {
		}

	}

	record FinalRecord() {

		@SingletonJob
		void job() {
		}

	}

	static class Hidden extends InheritedJobs.PackagePrivate {

	}

	static class Inheriting extends InheritedJobs.Protected {

	}

	static class Reactive {

		@SingletonJob
		Flux<String> job() {
			return Flux.empty();
		}

	}

	static class OwnFuture {

		@SingletonJob
		Promise job() {
			return new Promise();
		}

	}

	static class Promise extends CompletableFuture<String> {

	}

	static class Unparsable {

		@SingletonJob("#{#order.}")
		void job(Object order) {
		}

	}

	static class UnknownArgument {

		@SingletonJob("invoice-#{#ordr}")
		void job(Object order) {
		}

	}

	static class ArgumentWithoutHash {

		@SingletonJob("invoice-#{order.id}")
		void job(Object order) {
		}

	}

	static class MethodOfNothing {

		@SingletonJob("invoice-#{#order.equals(current())}")
		void job(Object order) {
		}

	}

	static class UnknownBean {

		@SingletonJob("invoice-#{#order + @orders.current}")
		void job(Object order) {
		}

	}

	static class UnknownProperty {

		@SingletonJob("invoice-${no.such.property}")
		void job() {
		}

	}

	static class Brace {

		@SingletonJob("}job")
		void job() {
		}

	}

	static class PlainFuture {

		@SingletonJob
		Future<String> job() {
			return new CompletableFuture<>();
		}

	}

	static class NoDuration {

		@SingletonJob(atLeast = "soon")
		void job() {
		}

	}

	static class NoUnit {

		@SingletonJob(atMost = "30")
		void job() {
		}

	}

	static class Negative {

		@SingletonJob(waitFor = "-1s")
		void job() {
		}

	}

	static class UnknownDuration {

		@SingletonJob(waitFor = "${no.such.duration}")
		void job() {
		}

	}

	static class NoTime {

		@SingletonJob(atMost = "PT0S")
		void job() {
		}

	}

	static class LongerThanAtMost {

		@SingletonJob(atLeast = "2s", atMost = "1s")
		void job() {
		}

	}

	static class WaitingLeader {

		@SingletonJob(mode = JobMode.LEADER, waitFor = "1s")
		void job() {
		}

	}

	static class LeaseWithoutLock {

		@SingletonJob(whenUnavailable = WhenUnavailable.RUN)
		void job(Lease lease) {
		}

	}

	static class FinalBehindInterface implements Runnable {

		@Override
		@SingletonJob
		public final void run() {
		}

	}

	record RecordBehindInterface() implements Runnable {

		@Override
		@SingletonJob
		public void run() {
		}

	}

}
