package io.dlock.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;

import io.dlock.DistributedLock;
import io.dlock.LockRegistry;
import io.dlock.event.LockEvent;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;

/**
 * dlock in a Spring Boot application that has nothing else.
 */
final class DlockContestant implements KeepingContestant {

	private final ConfigurableApplicationContext context;

	private final LockRegistry locks;

	private DlockContestant(Setting setting, String mode, Class<?>... sources) {
		List<Class<?>> all = new ArrayList<>(List.of(sources));
		all.add(BootApplication.Application.class);
		this.context = BootApplication.application(all.toArray(Class<?>[]::new))
			.run("--dlock.host=" + Setting.HOST, "--dlock.port=" + setting.port(),
					"--dlock.ttl=" + setting.ttl().toMillis() + "ms", "--dlock.mode=" + mode);
		this.locks = this.context.getBean(LockRegistry.class);
	}

	static Contestant quiet(Setting setting) {
		return new DlockContestant(setting, "redis");
	}

	static Contestant heard(Setting setting) {
		return new DlockContestant(setting, "redis", Audience.class);
	}

	static Contestant local(Setting setting) {
		return new DlockContestant(setting, "local");
	}

	static Contestant localHeard(Setting setting) {
		return new DlockContestant(setting, "local", Audience.class);
	}

	/** At a port where nobody listens. */
	static Contestant alone(Setting setting) {
		return quiet(new Setting(1, setting.ttl()));
	}

	@Override
	public void lock(String key) {
		lockOf(key).lock();
	}

	@Override
	public void unlock(String key) {
		lockOf(key).unlock();
	}

	@Override
	public CompletionStage<?> keep(String key) {
		return lockOf(key).acquireAsync();
	}

	private DistributedLock lockOf(String key) {
		return this.locks.get(key);
	}

	@Override
	public void close() {
		this.context.close();
	}

	/**
	 * Listens to all events, and has meters.
	 */
	static class Audience {

		private final LongAdder heard = new LongAdder();

		@EventListener
		void on(LockEvent event) {
			this.heard.increment();
		}

		/** Spring Boot would do that, if its metrics were there. */
		@Bean
		SmartInitializingSingleton binding(MeterRegistry meters, List<MeterBinder> binders) {
			return () -> binders.forEach((binder) -> binder.bindTo(meters));
		}

		@Bean
		MeterRegistry meters() {
			return new SimpleMeterRegistry();
		}

	}

}
