package io.dlock.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import io.dlock.LockRegistry;
import org.awaitility.Awaitility;

import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Whole applications with dlock in them, closed together.
 */
class Applications implements AutoCloseable {

	private final List<ConfigurableApplicationContext> contexts = new ArrayList<>();

	/**
	 * Starts an application.
	 * @param properties its settings
	 * @return its context, ready
	 */
	ConfigurableApplicationContext run(String... properties) {
		ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.registerShutdownHook(false)
			.properties(properties)
			.run();
		this.contexts.add(context);
		return context;
	}

	static List<String> story(ApplicationContext context) {
		return context.getBean(EventRecorder.class).story();
	}

	static LockRegistry locks(ApplicationContext context) {
		return context.getBean(LockRegistry.class);
	}

	static void awaitEvent(ApplicationContext context, String event) {
		Awaitility.await(event).until(() -> story(context).contains(event));
	}

	@Override
	public void close() {
		this.contexts.forEach(ConfigurableApplicationContext::close);
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ DlockAutoConfiguration.class, SslAutoConfiguration.class })
	static class Application {

		@Bean
		EventRecorder recorder() {
			return new EventRecorder();
		}

	}

}
