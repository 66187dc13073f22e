package io.dlock.autoconfigure;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

import javax.net.ssl.SSLParameters;

import io.dlock.LockRegistry;
import io.dlock.autoconfigure.DlockConnectionDetails.Node;
import io.dlock.autoconfigure.DlockConnectionDetails.Standalone;
import io.dlock.core.LockStore;
import io.dlock.redis.RedisLockStore;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.connection.RedisNode;
import org.springframework.data.redis.connection.RedisPassword;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link RedisStoreConfiguration}: which Redis, and how it is spoken to. No
 * Redis runs.
 */
@ExtendWith(OutputCaptureExtension.class)
class RedisStoreConfigurationTests {

	private static final String FACTORY = "dlockRedisConnectionFactory";

	/** Nobody listens there. */
	private static final String NOWHERE = "dlock.port=1";

	private final ApplicationContextRunner contexts = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DlockAutoConfiguration.class, SslAutoConfiguration.class));

	@Test
	void locksAreKeptInRedisOnThisMachineByDefault() {
		this.contexts.withClassLoader(new FilteredClassLoader(DataRedisConnectionDetails.class)).run((context) -> {
			assertThat(context).hasSingleBean(LockStore.class).hasSingleBean(RedisLockStore.class);
			assertThat(context.getBean(LockStore.class).description()).isEqualTo("Redis at localhost:6379");
			assertThat(factory(context).getHostName()).isEqualTo("localhost");
			assertThat(factory(context).getPort()).isEqualTo(6379);
		});
	}

	@Test
	void theLogSaysWhereTheLocksAreKept(CapturedOutput output) {
		this.contexts
			.withPropertyValues("dlock.host=127.0.0.1", NOWHERE, "dlock.database=3", "dlock.key-prefix=shop:",
					"dlock.password=secret")
			.run((context) -> assertThat(output)
				.containsOnlyOnce("Locks are kept in Redis at 127.0.0.1:1, database 3, in keys that begin with 'shop:'")
				.doesNotContain("secret"));
	}

	@Test
	void theAddressAndTheCredentialsAreThoseOfTheProperties() {
		this.contexts
			.withPropertyValues("dlock.host=127.0.0.1", NOWHERE, "dlock.database=2", "dlock.username=locks",
					"dlock.password=secret")
			.run((context) -> {
				assertThat(context.getBean(LockStore.class).description()).isEqualTo("Redis at 127.0.0.1:1");
				assertThat(factory(context).getDatabase()).isEqualTo(2);
				assertThat(factory(context).getStandaloneConfiguration().getUsername()).isEqualTo("locks");
				assertThat(factory(context).getPassword()).isEqualTo("secret");
				assertThat(factory(context).isUseSsl()).isFalse();
			});
	}

	@Test
	void sentinelsAreAskedForTheMasterThatTheyKnow() {
		this.contexts
			.withPropertyValues("dlock.sentinel.master=mymaster", "dlock.sentinel.nodes=127.0.0.1:1,127.0.0.1:2",
					"dlock.sentinel.username=watcher", "dlock.sentinel.password=secret1", "dlock.password=secret2",
					"dlock.database=3")
			.run((context) -> {
				RedisSentinelConfiguration sentinels = factory(context).getSentinelConfiguration();
				assertThat(sentinels).isNotNull();
				assertThat(sentinels.getMaster().getName()).isEqualTo("mymaster");
				assertThat(sentinels.getSentinels()).containsExactlyInAnyOrder(new RedisNode("127.0.0.1", 1),
						new RedisNode("127.0.0.1", 2));
				assertThat(sentinels.getSentinelUsername()).isEqualTo("watcher");
				assertThat(sentinels.getSentinelPassword()).isEqualTo(RedisPassword.of("secret1"));
				assertThat(sentinels.getPassword()).isEqualTo(RedisPassword.of("secret2"));
				assertThat(sentinels.getDatabase()).isEqualTo(3);
				assertThat(context.getBean(LockStore.class).description())
					.isEqualTo("Redis mymaster of the sentinels at 127.0.0.1:1, 127.0.0.1:2");
			});
	}

	@Test
	void aCommandIsNeverQueuedNorWaitedForLongerThanItsTimeout() {
		this.contexts.withPropertyValues(NOWHERE, "dlock.connect-timeout=3s", "dlock.command-timeout=5s")
			.run((context) -> {
				ClientOptions options = options(context);
				assertThat(options.getDisconnectedBehavior())
					.isEqualTo(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS);
				assertThat(options.isAutoReconnect()).isTrue();
				assertThat(options.getTimeoutOptions().isTimeoutCommands()).isTrue();
				assertThat(options.getSocketOptions().getConnectTimeout()).isEqualTo(Duration.ofSeconds(3));
				assertThat(options.getSocketOptions().isKeepAlive()).isTrue();
				assertThat(options.getSocketOptions().getKeepAlive().getIdle()).as("where the system knows it")
					.isEqualTo(Duration.ofSeconds(5));
				assertThat(options.getSocketOptions().getTcpUserTimeout().getTcpUserTimeout())
					.isEqualTo(Duration.ofSeconds(5));
				assertThat(factory(context).getClientConfiguration().getCommandTimeout())
					.isEqualTo(Duration.ofSeconds(5));
				assertThat(factory(context).getClientConfiguration().getReadFrom()).isEmpty();
				assertThat(factory(context).getValidateConnection()).isFalse();
			});
	}

	@Test
	void reconnectsAreTriedFiveTimesASecond() {
		this.contexts.withPropertyValues(NOWHERE).run((context) -> {
			Delay delay = resources(context).reconnectDelay();
			assertThat(delay.createDelay(1)).isLessThanOrEqualTo(Duration.ofMillis(200));
			assertThat(delay.createDelay(1000)).isEqualTo(Duration.ofMillis(200));
		});
	}

	@Test
	void nothingIsConnectedBeforeTheLifecycleStarts() {
		this.contexts.withPropertyValues(NOWHERE).withInitializer((context) -> {
			context.getBeanFactory().registerSingleton("witness", (SmartInitializingSingleton) () -> {
				assertThat(factory(context).isRunning()).isFalse();
				assertThat(factory(context).getPhase()).isZero();
			});
		}).run((context) -> Awaitility.await().until(() -> factory(context).isRunning()));
	}

	@Test
	void whoeverWantsAConnectionNeedNotWaitForDlockToConnect() {
		this.contexts.withPropertyValues(NOWHERE)
			.withBean(LockRegistry.class, () -> mock(LockRegistry.class))
			.run((context) -> {
				LettuceConnectionFactory factory = factory(context);
				assertThat(factory.isRunning()).isFalse();
				assertThatExceptionOfType(RedisConnectionFailureException.class)
					.isThrownBy(() -> factory.getConnection().ping());
				assertThat(factory.isRunning()).isTrue();
				factory.stop();
				assertThat(factory.getRequiredNativeClient()).isNotNull();
				factory.destroy();
				assertThatIllegalStateException().isThrownBy(factory::getRequiredNativeClient);
			});
	}

	@Test
	void aFactoryThatAsksForTheNameOfTheMasterStaysDestroyed() {
		this.contexts.withPropertyValues("dlock.sentinel.nodes=127.0.0.1:1").run((context) -> {
			LettuceConnectionFactory factory = factory(context);
			factory.destroy();
			assertThatIllegalStateException().isThrownBy(factory::getRequiredNativeClient);
		});
	}

	@Test
	void resourcesOfItsOwnAreShutDownWithTheContextAndOthersAreNot() {
		AtomicReference<ClientResources> own = new AtomicReference<>();
		this.contexts.withPropertyValues(NOWHERE).run((context) -> own.set(resources(context)));
		Awaitility.await().until(() -> own.get().eventExecutorGroup().isShuttingDown());
		ClientResources given = ClientResources.create();
		try {
			this.contexts.withPropertyValues(NOWHERE)
				.withBean("dlockClientResources", ClientResources.class, () -> given,
						(definition) -> ((AbstractBeanDefinition) definition).setDestroyMethodName(""))
				.run((context) -> assertThat(resources(context)).isSameAs(given));
			assertThat(given.eventExecutorGroup().isShuttingDown()).isFalse();
		}
		finally {
			given.shutdown().syncUninterruptibly();
		}
	}

	@Test
	void tlsTakesTheBundleOrTheTrustOfTheMachine() {
		this.contexts
			.withPropertyValues(NOWHERE, "dlock.ssl.bundle=locks",
					"spring.ssl.bundle.jks.locks.options.enabled-protocols=TLSv1.3",
					"spring.ssl.bundle.jks.locks.options.ciphers=TLS_AES_256_GCM_SHA384")
			.run((context) -> {
				assertThat(factory(context).isUseSsl()).isTrue();
				assertThat(factory(context).getClientConfiguration().getVerifyMode()).isEqualTo(SslVerifyMode.FULL);
				SSLParameters parameters = options(context).getSslOptions().createSSLParameters();
				assertThat(parameters.getProtocols()).containsExactly("TLSv1.3");
				assertThat(parameters.getCipherSuites()).containsExactly("TLS_AES_256_GCM_SHA384");
			});
		this.contexts.withPropertyValues(NOWHERE, "dlock.ssl.enabled=true")
			.run((context) -> assertThat(factory(context).isUseSsl()).isTrue());
	}

	@Test
	void anUnknownBundleStopsTheStart() {
		this.contexts.withPropertyValues(NOWHERE, "dlock.ssl.bundle=locks")
			.run((context) -> DlockPropertiesTests.assertFailure(context, "dlock.ssl.bundle is 'locks'",
					"spring.ssl.bundle"));
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(DlockAutoConfiguration.class))
			.withPropertyValues(NOWHERE, "dlock.ssl.bundle=locks")
			.run((context) -> DlockPropertiesTests.assertFailure(context, "dlock.ssl.bundle is 'locks'",
					"spring.ssl.bundle"));
	}

	@Test
	void connectionDetailsBeatTheProperties() {
		SslBundle bundle = SslBundle.systemDefault();
		DlockConnectionDetails details = new DlockConnectionDetails() {

			@Override
			public Address getAddress() {
				return new Standalone(new Node("127.0.0.1", 2));
			}

			@Override
			public SslBundle getSslBundle() {
				return bundle;
			}

		};
		this.contexts.withPropertyValues(NOWHERE, "dlock.password=secret")
			.withBean(DlockConnectionDetails.class, () -> details)
			.run((context) -> {
				assertThat(context).hasSingleBean(DlockConnectionDetails.class);
				assertThat(factory(context).getPort()).isEqualTo(2);
				assertThat(factory(context).getPassword()).isNull();
				assertThat(factory(context).isUseSsl()).isTrue();
			});
	}

	@Test
	void theConnectionsCanBeReplaced() {
		LettuceConnectionFactory mine = new LettuceConnectionFactory("127.0.0.1", 2);
		this.contexts.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class))
			.withPropertyValues("spring.data.redis.cluster.nodes=127.0.0.1:3")
			.withBean(FACTORY, LettuceConnectionFactory.class, () -> mine,
					(definition) -> ((AbstractBeanDefinition) definition).setDefaultCandidate(false))
			.run((context) -> {
				assertThat(factory(context)).isSameAs(mine);
				assertThat(context).doesNotHaveBean(DlockConnectionDetails.class);
				assertThat(context.getBean(LockStore.class).description()).isEqualTo("Redis at 127.0.0.1:2");
			});
	}

	private static LettuceConnectionFactory factory(ApplicationContext context) {
		return context.getBean(FACTORY, LettuceConnectionFactory.class);
	}

	private static ClientOptions options(ApplicationContext context) {
		return factory(context).getRequiredNativeClient().getOptions();
	}

	private static ClientResources resources(ApplicationContext context) {
		return factory(context).getRequiredNativeClient().getResources();
	}

}
