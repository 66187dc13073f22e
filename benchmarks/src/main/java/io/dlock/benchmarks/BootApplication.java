package io.dlock.benchmarks;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A Spring Boot application that has nothing. Knows nothing of dlock, which is not on its
 * class path: {@link WorkerProcess}.
 */
final class BootApplication implements Participant {

	private final ConfigurableApplicationContext context;

	BootApplication(Setting setting) {
		this.context = application(Application.class).run();
	}

	/**
	 * The application that all have who need one.
	 */
	static SpringApplicationBuilder application(Class<?>... sources) {
		return new SpringApplicationBuilder(sources).web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.logStartupInfo(false);
	}

	@Override
	public void close() {
		this.context.close();
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
