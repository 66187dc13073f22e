package io.dlock.job;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.dlock.LockRegistry;
import io.dlock.autoconfigure.DlockAutoConfiguration;
import io.dlock.event.LockEvent;
import io.dlock.testing.RedisServer;

import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * One instance of an application with scheduled jobs, on a real Redis, with a clock of
 * its own.
 */
final class JobNode implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private final Events events;

	private final String id;

	private JobNode(ConfigurableApplicationContext context) {
		this.context = context;
		this.events = context.getBean(Events.class);
		this.id = context.getBean(LockRegistry.class).instanceId();
	}

	/**
	 * Starts an instance.
	 * @param server where the locks are
	 * @param clockAhead by how much its scheduler's clock is ahead
	 * @param runs where its jobs write down that they run
	 * @param components configurations and jobs
	 */
	static JobNode start(RedisServer server, Duration clockAhead, Runs runs, Class<?>... components) {
		return start("dlock.port=" + server.port(), "dlock.ttl=2s", clockAhead, runs, components);
	}

	static JobNode start(String port, String ttl, Duration clockAhead, Runs runs, Class<?>... components) {
		List<Class<?>> sources = new ArrayList<>(List.of(components));
		sources.add(Application.class);
		ApplicationContextInitializer<GenericApplicationContext> beans = (context) -> {
			context.registerBean(Runs.class, () -> runs);
			context.registerBean("skew", Duration.class, () -> clockAhead);
		};
		return new JobNode(new SpringApplicationBuilder(sources.toArray(Class<?>[]::new)).initializers(beans)
			.web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.registerShutdownHook(false)
			.properties("dlock.host=127.0.0.1", port, ttl, "spring.main.allow-bean-definition-overriding=true",
					"spring.lifecycle.timeout-per-shutdown-phase=1s")
			.run());
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	List<LockEvent> events() {
		return this.events.events;
	}

	String id() {
		return this.id;
	}

	@Override
	public void close() {
		this.context.close();
	}

	static class Events {

		private final List<LockEvent> events = new CopyOnWriteArrayList<>();

		@EventListener
		void heard(LockEvent event) {
			this.events.add(event);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	@ImportAutoConfiguration({ DlockAutoConfiguration.class, SslAutoConfiguration.class })
	static class Application {

		@Bean
		Events events() {
			return new Events();
		}

		@Bean
		TaskScheduler taskScheduler(Duration skew) {
			ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
			scheduler.setClock(Clock.offset(Clock.systemUTC(), skew));
			scheduler.setPoolSize(2);
			return scheduler;
		}

	}

}
