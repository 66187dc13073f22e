package io.dlock.autoconfigure;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.dlock.autoconfigure.DlockConnectionDetails.Sentinel;
import io.dlock.autoconfigure.DlockConnectionDetails.Standalone;
import io.dlock.redis.RedisLockStore;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SocketOptions.TcpUserTimeoutOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.EpollProvider;
import io.lettuce.core.resource.IOUringProvider;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.util.concurrent.DefaultThreadFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.data.redis.connection.RedisNode;
import org.springframework.data.redis.connection.RedisPassword;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Builds the factory of the connections to the Redis that keeps the locks, with the
 * client options that the protocol relies on: a command is rejected while there is no
 * connection, and never sent twice.
 */
final class LettuceConnections {

	/**
	 * Below it, a single retransmission would look like a dead connection.
	 */
	private static final Duration SHORTEST_TCP_USER_TIMEOUT = Duration.ofSeconds(1);

	/** The default grows to half a minute: three leases long. */
	private static final Duration LONGEST_RECONNECT_DELAY = Duration.ofMillis(200);

	private final DlockConnectionDetails details;

	private final DlockProperties properties;

	private final @Nullable ClientResources givenResources;

	/** Made at once: a bundle that cannot be used stops the start. */
	private final @Nullable SslOptions tls;

	/**
	 * Connections that are not made yet.
	 * @param details where Redis is
	 * @param properties within which time it answers
	 * @param givenResources the application's own client resources, which it shuts down
	 * itself, or null for some of dlock's
	 */
	LettuceConnections(DlockConnectionDetails details, DlockProperties properties,
			@Nullable ClientResources givenResources) {
		this.details = details;
		this.properties = properties;
		this.givenResources = givenResources;
		SslBundle bundle = details.getSslBundle();
		this.tls = (bundle != null) ? tls(bundle) : null;
	}

	LettuceConnectionFactory factory() {
		if (this.details.getAddress() instanceof Standalone standalone) {
			return new OnDemandConnectionFactory(configuration(standalone), this);
		}
		Sentinel sentinel = (Sentinel) this.details.getAddress();
		return (sentinel.master() != null)
				? new OnDemandConnectionFactory(configuration(sentinel, sentinel.master()), this)
				: new SoleMasterConnectionFactory(configuration(sentinel, RedisLockStore.SOLE_MASTER), this);
	}

	private RedisStandaloneConfiguration configuration(Standalone standalone) {
		RedisStandaloneConfiguration configuration = new RedisStandaloneConfiguration(standalone.node().host(),
				standalone.node().port());
		configuration.setDatabase(this.details.getDatabase());
		configuration.setUsername(this.details.getUsername());
		configuration.setPassword(RedisPassword.of(this.details.getPassword()));
		return configuration;
	}

	private RedisSentinelConfiguration configuration(Sentinel sentinel, String master) {
		RedisSentinelConfiguration configuration = new RedisSentinelConfiguration();
		configuration.setMaster(master);
		sentinel.nodes().forEach((node) -> configuration.addSentinel(new RedisNode(node.host(), node.port())));
		configuration.setSentinelUsername(sentinel.username());
		configuration.setSentinelPassword(RedisPassword.of(sentinel.password()));
		configuration.setDatabase(this.details.getDatabase());
		configuration.setUsername(this.details.getUsername());
		configuration.setPassword(RedisPassword.of(this.details.getPassword()));
		return configuration;
	}

	@Nullable ClientResources givenResources() {
		return this.givenResources;
	}

	ClientResources newResources() {
		return ClientResources.builder()
			.reconnectDelay(Delay.exponential(Duration.ZERO, LONGEST_RECONNECT_DELAY, 2, TimeUnit.MILLISECONDS))
			.threadFactoryProvider((pool) -> new DefaultThreadFactory("dlock-" + pool, true))
			.nettyCustomizer(new NettyCustomizer() {

				@Override
				public void afterChannelInitialized(Channel channel) {
					channel.pipeline().addFirst(new SilenceWatch(LettuceConnections.this.properties.commandTimeout()));
				}

			})
			.build();
	}

	/**
	 * Says how servers are reached: all of the client's configuration that is soon made.
	 */
	LettuceClientConfiguration outline() {
		return builder().build();
	}

	/**
	 * The whole configuration of the client. It takes long to load.
	 */
	LettuceClientConfiguration client(ClientResources resources) {
		return builder().clientResources(resources).clientOptions(options()).build();
	}

	private LettuceClientConfiguration.LettuceClientConfigurationBuilder builder() {
		LettuceClientConfiguration.LettuceClientConfigurationBuilder builder = LettuceClientConfiguration.builder();
		if (this.tls != null) {
			builder.useSsl();
		}
		return builder.commandTimeout(this.properties.commandTimeout());
	}

	private ClientOptions options() {
		ClientOptions.Builder builder = ClientOptions.builder()
			.autoReconnect(true)
			.disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
			.timeoutOptions(TimeoutOptions.enabled())
			.socketOptions(sockets());
		if (this.tls != null) {
			builder.sslOptions(this.tls);
		}
		return builder.build();
	}

	/**
	 * Notices a peer that is gone without a word: by keepalive while nothing is sent.
	 * While something is, {@link SilenceWatch} does, and TCP_USER_TIMEOUT where one of
	 * Netty's native transports is there: without, Lettuce would refuse to connect.
	 */
	private SocketOptions sockets() {
		Duration unacknowledged = this.properties.commandTimeout();
		if (unacknowledged.compareTo(SHORTEST_TCP_USER_TIMEOUT) < 0) {
			unacknowledged = SHORTEST_TCP_USER_TIMEOUT;
		}
		return SocketOptions.builder()
			.connectTimeout(this.properties.connectTimeout())
			.keepAlive(true)
			.tcpUserTimeout(TcpUserTimeoutOptions.builder()
				.enable(EpollProvider.isAvailable() || IOUringProvider.isAvailable())
				.tcpUserTimeout(unacknowledged)
				.build())
			.build();
	}

	private SslOptions tls(SslBundle bundle) {
		SslOptions.Builder builder = SslOptions.builder()
			.handshakeTimeout(this.properties.connectTimeout())
			.keyManager(bundle.getManagers().getKeyManagerFactory())
			.trustManager(bundle.getManagers().getTrustManagerFactory());
		String @Nullable [] ciphers = bundle.getOptions().getCiphers();
		if (ciphers != null) {
			builder.cipherSuites(ciphers);
		}
		String @Nullable [] protocols = bundle.getOptions().getEnabledProtocols();
		if (protocols != null) {
			builder.protocols(protocols);
		}
		return builder.build();
	}

}
