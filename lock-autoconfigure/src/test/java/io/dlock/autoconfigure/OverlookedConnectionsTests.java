package io.dlock.autoconfigure;

import java.util.List;

import io.dlock.autoconfigure.DlockConnectionDetails.Node;
import io.dlock.autoconfigure.DlockConnectionDetails.Standalone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link OverlookedConnections}. No Redis runs.
 */
@ExtendWith(OutputCaptureExtension.class)
class OverlookedConnectionsTests {

	private final ApplicationContextRunner contexts = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DlockAutoConfiguration.class));

	private final ApplicationContextRunner besideRedis = this.contexts
		.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class));

	@Test
	void aFactoryOfTheApplicationWhoseAddressIsNotTakenIsNamedAndNotMade(CapturedOutput output) {
		this.contexts.withBean("mine", RedisConnectionFactory.class, () -> {
			throw new IllegalStateException("Made without need");
		}, (definition) -> definition.setLazyInit(true))
			.run((context) -> assertThat(output).containsOnlyOnce("connections to Redis [mine] is not taken over")
				.contains("Locks are kept in Redis at localhost:6379")
				.contains("Set dlock.host"));
	}

	@Test
	void aFactoryOfTheApplicationIsNamedBesideDetailsThatNobodyHasGiven(CapturedOutput output) {
		withOwnFactory(this.besideRedis)
			.run((context) -> assertThat(output).containsOnlyOnce("[redisConnectionFactory] is not taken over"));
	}

	@Test
	void aFactoryOfTheApplicationIsNamedBesideSettingsThatNobodyReads(CapturedOutput output) {
		withOwnFactory(this.contexts).withClassLoader(new FilteredClassLoader(DataRedisConnectionDetails.class))
			.withPropertyValues("spring.data.redis.host=127.0.0.1")
			.run((context) -> assertThat(output).containsOnlyOnce("[redisConnectionFactory] is not taken over"));
	}

	@Test
	void aFactoryOfTheApplicationNeedsNoWordWhereAnAddressIsGiven(CapturedOutput output) {
		for (String address : List.of("dlock.host=127.0.0.1", "dlock.port=1", "dlock.sentinel.nodes=127.0.0.1:1")) {
			withOwnFactory(this.contexts).withPropertyValues(address)
				.run((context) -> assertThat(context).hasNotFailed());
		}
		for (String address : List.of("spring.data.redis.host=localhost",
				"spring.data.redis.url=redis://localhost:6379", "spring.data.redis.port=2")) {
			withOwnFactory(this.besideRedis).withPropertyValues(address)
				.run((context) -> assertThat(context).hasNotFailed());
		}
		withOwnFactory(this.contexts)
			.withBean(DlockConnectionDetails.class, () -> () -> new Standalone(new Node("127.0.0.1", 2)))
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("is not taken over");
	}

	@Test
	void noFactoryOfTheApplicationNeedsNoWord(CapturedOutput output) {
		this.contexts.run((context) -> assertThat(context).hasNotFailed());
		this.besideRedis.run((context) -> assertThat(context).hasSingleBean(StringRedisTemplate.class));
		assertThat(output).contains("Locks are kept in Redis at localhost:6379").doesNotContain("is not taken over");
	}

	private static ApplicationContextRunner withOwnFactory(ApplicationContextRunner runner) {
		return runner.withBean("redisConnectionFactory", RedisConnectionFactory.class, () -> mock());
	}

}
