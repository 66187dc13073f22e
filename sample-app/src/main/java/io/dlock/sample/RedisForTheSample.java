package io.dlock.sample;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Sees to it that there is a Redis before the first bean asks for it: the one that
 * {@code dlock.*} names, or else a redis-server of the sample's own, which all instances
 * of the sample share.
 */
class RedisForTheSample implements ApplicationContextInitializer<ConfigurableApplicationContext> {

	private static final Set<String> ADDRESSES = Set.of("host", "port", "sentinel", "mode");

	@Override
	public void initialize(ConfigurableApplicationContext context) {
		if (Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING)) {
			return; // it is being built, and no bean will ask
		}
		ConfigurableEnvironment environment = context.getEnvironment();
		if (namesAnAddress(environment)) {
			System.out.println("Redis: none is started, because dlock.* says where the locks are kept.");
			return;
		}
		int port = environment.getRequiredProperty("sample.redis-port", Integer.class);
		RedisProcess redis = new BundledRedis(port, Path.of(System.getProperty("java.io.tmpdir"))).joinOrStart();
		System.out.println(redis.description());
		environment.getPropertySources()
			.addLast(new MapPropertySource("bundledRedis",
					Map.of("dlock.host", BundledRedis.HOST, "dlock.port", Integer.toString(port))));
	}

	/**
	 * Asks the binder rather than the environment, so that {@code DLOCK_HOST} counts as
	 * well as {@code dlock.host}.
	 */
	private static boolean namesAnAddress(ConfigurableEnvironment environment) {
		return Binder.get(environment)
			.bind("dlock", Bindable.mapOf(String.class, Object.class))
			.map((settings) -> settings.keySet().stream().anyMatch(RedisForTheSample::isAddress))
			.orElse(false);
	}

	private static boolean isAddress(String setting) {
		return ADDRESSES.contains(setting.split("[.]", 2)[0]);
	}

}
