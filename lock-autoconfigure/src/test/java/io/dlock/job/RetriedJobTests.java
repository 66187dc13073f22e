package io.dlock.job;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import io.dlock.DistributedLock;
import io.dlock.Lease;
import io.dlock.LockUnavailableException;
import io.dlock.core.JobTerms;
import io.dlock.core.LeasingLockRegistry;
import io.dlock.core.Tick;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for a scheduled job that is called again within its tick, because a call of it
 * failed.
 */
class RetriedJobTests {

	private static final Tick TICK = new Tick.After(Duration.ofHours(1));

	private static final String BY_HAND = "nothing";

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	private final LeasingLockRegistry registry = mock();

	private final DistributedLock lock = mock();

	/** What was claimed, by each call. */
	private final List<Object> claims = new CopyOnWriteArrayList<>();

	private volatile boolean away = true;

	@BeforeEach
	void start() throws InterruptedException {
		given(this.registry.get(anyString(), any(), any(JobTerms.class))).willAnswer((call) -> {
			Tick tick = call.getArgument(2, JobTerms.class).tick();
			this.claims.add((tick != null) ? tick : BY_HAND);
			return this.lock;
		});
		given(this.lock.tryAcquire()).willAnswer((call) -> attempt());
		given(this.lock.tryAcquireAsync()).willAnswer((call) -> attemptAsync());
		this.context.registerBean(SingletonJobBeanPostProcessor.class,
				() -> new SingletonJobBeanPostProcessor(() -> this.registry,
						new RunningJobs(0, Duration.ofSeconds(5))));
		this.context.register(TickCarrier.class, Retries.class, Plain.class, Retried.class, MonoJobs.class);
		this.context.refresh();
	}

	@AfterEach
	void close() {
		this.context.close();
	}

	@Test
	void aJobThatIsRetriedAfterAnOutageClaimsItsTickAgain() {
		Retried job = this.context.getBean(Retried.class);
		schedule(Retried.class, job::job);
		assertThat(job.runs()).isOne();
		assertThat(this.claims).containsExactly(TICK, TICK);
	}

	@Test
	void aMonoThatIsSubscribedToAgainAfterAnOutageClaimsItsTickAgain() {
		Mono<String> result = this.context.getBean(MonoJobs.class).job();
		schedule(MonoJobs.class, () -> {
			assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(result::block);
			assertThat(result.block()).isEqualTo("done");
		});
		assertThat(this.claims).containsExactly(TICK, TICK);
	}

	@Test
	void aTaskThatCallsAgainAfterAnOutageClaimsItsTickAgain() {
		Plain job = this.context.getBean(Plain.class);
		schedule(Plain.class, () -> {
			assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(job::job);
			job.job();
			job.job();
		});
		assertThat(this.claims).as("the third call is by hand").containsExactly(TICK, TICK, BY_HAND);
	}

	@Test
	void aJobThatIsRetriedAfterAFailureOfItsOwnHasItsTickAlready() {
		this.away = false;
		Plain job = this.context.getBean(Plain.class);
		job.fail();
		schedule(Plain.class, () -> {
			assertThatIllegalStateException().isThrownBy(job::job);
			assertThatIllegalStateException().isThrownBy(job::job);
		});
		assertThat(this.claims).containsExactly(TICK, BY_HAND);
	}

	private static void schedule(Class<?> type, Runnable call) {
		Runnable task = new Runnable() {

			@Override
			public void run() {
				call.run();
			}

			@Override
			public String toString() {
				return type.getName() + ".job";
			}

		};
		new ScheduledCall(task, () -> TICK).run();
	}

	private Optional<Lease> attempt() {
		if (this.away) {
			this.away = false;
			throw new LockUnavailableException("The store is away", Instant.EPOCH, null);
		}
		return Optional.of(new JobLease("job", () -> {
		}));
	}

	private CompletableFuture<Optional<Lease>> attemptAsync() {
		try {
			return CompletableFuture.completedFuture(attempt());
		}
		catch (LockUnavailableException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableResilientMethods(proxyTargetClass = true)
	static class Retries {

	}

	static class Plain {

		private boolean failing;

		void fail() {
			this.failing = true;
		}

		@SingletonJob
		void job() {
			if (this.failing) {
				throw new IllegalStateException("no work today");
			}
		}

	}

	static class Retried {

		private int runs;

		int runs() {
			return this.runs;
		}

		@Retryable(delay = 1)
		@SingletonJob
		void job() {
			this.runs++;
		}

	}

	static class MonoJobs {

		@SingletonJob
		Mono<String> job() {
			return Mono.just("done");
		}

	}

}
