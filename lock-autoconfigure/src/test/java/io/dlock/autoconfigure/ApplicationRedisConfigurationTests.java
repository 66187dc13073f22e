package io.dlock.autoconfigure;

import java.util.List;
import java.util.Set;

import io.dlock.autoconfigure.DlockConnectionDetails.Node;
import io.dlock.autoconfigure.DlockConnectionDetails.Sentinel;
import io.lettuce.core.resource.ClientResources;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ApplicationRedisConfiguration}: an application's own Redis keeps the
 * locks where dlock has no address, and is left alone otherwise. No Redis runs.
 */
class ApplicationRedisConfigurationTests {

	/** Nobody listens there. */
	private static final String NOWHERE = "dlock.port=1";

	private final ApplicationContextRunner contexts = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DlockAutoConfiguration.class, SslAutoConfiguration.class));

	private final ApplicationContextRunner besideRedis = this.contexts
		.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class));

	@Test
	void theApplicationsOwnRedisStaysTheOnlyOneItSees() {
		this.besideRedis.withPropertyValues("spring.data.redis.port=2", NOWHERE).run((context) -> {
			RedisConnectionFactory own = context.getBean("redisConnectionFactory", RedisConnectionFactory.class);
			assertThat(context.getBean(RedisConnectionFactory.class)).isSameAs(own);
			assertThat(context.getBean(StringRedisTemplate.class).getConnectionFactory()).isSameAs(own);
			assertThat(context.getBeanProvider(LettuceConnectionFactory.class).getIfUnique()).isSameAs(own);
			assertThat(((LettuceConnectionFactory) own).getPort()).isEqualTo(2);
			assertThat(((LettuceConnectionFactory) own).getClientResources())
				.isSameAs(context.getBean("lettuceClientResources"))
				.isNotSameAs(factory(context).getRequiredNativeClient().getResources());
			assertThat(context.getBean(ClientResources.class)).isSameAs(context.getBean("lettuceClientResources"));
			assertThat(factory(context).getPort()).isEqualTo(1);
			RedisMessageListenerContainer container = new RedisMessageListenerContainer();
			context.getAutowireCapableBeanFactory()
				.autowireBeanProperties(container, AutowireCapableBeanFactory.AUTOWIRE_BY_TYPE, false);
			assertThat(container.getConnectionFactory()).isSameAs(own);
		});
	}

	@Test
	void withoutAnAddressTheApplicationsOwnRedisKeepsTheLocks() {
		this.besideRedis.withPropertyValues("spring.data.redis.host=127.0.0.1", "spring.data.redis.port=2",
				"spring.data.redis.username=app", "spring.data.redis.password=secret", "spring.data.redis.database=4")
			.run((context) -> {
				assertThat(factory(context).getHostName()).isEqualTo("127.0.0.1");
				assertThat(factory(context).getPort()).isEqualTo(2);
				assertThat(factory(context).getStandaloneConfiguration().getUsername()).isEqualTo("app");
				assertThat(factory(context).getPassword()).isEqualTo("secret");
				assertThat(factory(context).getDatabase()).isEqualTo(4);
				assertThat(factory(context).isUseSsl()).isFalse();
			});
		this.besideRedis.withPropertyValues("spring.data.redis.url=rediss://app:secret@127.0.0.1:2/5")
			.run((context) -> {
				assertThat(factory(context).getPort()).isEqualTo(2);
				assertThat(factory(context).getDatabase()).isEqualTo(5);
				assertThat(factory(context).isUseSsl()).isTrue();
			});
	}

	@Test
	void withoutAnAddressTheApplicationsOwnSentinelsAreAsked() {
		this.besideRedis
			.withPropertyValues("spring.data.redis.sentinel.master=main",
					"spring.data.redis.sentinel.nodes=127.0.0.1:2", "spring.data.redis.sentinel.password=secret",
					"spring.data.redis.database=4")
			.run((context) -> {
				DlockConnectionDetails details = context.getBean(DlockConnectionDetails.class);
				assertThat(details.getAddress())
					.isEqualTo(new Sentinel("main", List.of(new Node("127.0.0.1", 2)), null, "secret"));
				assertThat(details.getDatabase()).isEqualTo(4);
				assertThat(factory(context).isRedisSentinelAware()).isTrue();
			});
	}

	@Test
	void aKindOfRedisThatIsNotSupportedNeedsAnAddressForTheLocks() {
		for (String nodes : Set.of("spring.data.redis.cluster.nodes=127.0.0.1:2",
				"spring.data.redis.masterreplica.nodes=127.0.0.1:2,127.0.0.1:3")) {
			this.besideRedis.withPropertyValues(nodes)
				.run((context) -> DlockPropertiesTests.assertFailure(context, "not supported",
						"dlock.host or dlock.sentinel"));
			this.besideRedis.withPropertyValues(nodes, NOWHERE)
				.run((context) -> assertThat(factory(context).getPort()).isEqualTo(1));
		}
	}

	@Test
	void whatGoesWithAnAddressIsNotIgnoredWithoutOne() {
		for (String setting : List.of("dlock.database=1", "dlock.password=a", "dlock.ssl.enabled=false")) {
			this.besideRedis.withPropertyValues(setting)
				.run((context) -> DlockPropertiesTests.assertFailure(context,
						setting.substring(0, setting.indexOf('=')) + " is set", "Set dlock.host"));
			this.contexts.withClassLoader(new FilteredClassLoader(DataRedisConnectionDetails.class))
				.withPropertyValues(setting)
				.run((context) -> assertThat(context).hasNotFailed());
		}
	}

	private static LettuceConnectionFactory factory(ApplicationContext context) {
		return context.getBean(RedisStoreConfiguration.CONNECTION_FACTORY, LettuceConnectionFactory.class);
	}

}
