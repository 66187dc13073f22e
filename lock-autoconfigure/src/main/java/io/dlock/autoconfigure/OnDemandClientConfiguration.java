package io.dlock.autoconfigure;

import java.io.IOException;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ReadFrom;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SocketOptions.KeepAliveOptions;
import io.lettuce.core.SocketOptions.TcpUserTimeoutOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.EpollProvider;
import io.lettuce.core.resource.IOUringProvider;
import io.lettuce.core.resource.KqueueProvider;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.RedisCredentialsProviderFactory;

/**
 * How dlock's client speaks to Redis, with the options that the protocol relies on: a
 * command is rejected while there is no connection, and never sent twice.
 * <p>
 * Options and resources are made when somebody first asks for them: to load what they are
 * made of takes longer than everything else that dlock does in the start of an
 * application. Resources that are made here are shut down here.
 */
final class OnDemandClientConfiguration implements LettuceClientConfiguration {

	/**
	 * Below it, a single retransmission would look like a dead connection.
	 */
	private static final Duration SHORTEST_TCP_USER_TIMEOUT = Duration.ofSeconds(1);

	/**
	 * The default of the system is two hours, and networks forget what is idle long
	 * before. A connection that is dead is closed after eleven seconds.
	 */
	private static final Duration KEEPALIVE_IDLE = Duration.ofSeconds(5);

	private static final Duration KEEPALIVE_INTERVAL = Duration.ofSeconds(2);

	private static final int KEEPALIVE_COUNT = 3;

	private static final Set<String> KEEPALIVE_OPTIONS = Set.of("TCP_KEEPIDLE", "TCP_KEEPINTERVAL", "TCP_KEEPCOUNT");

	/** The default grows to half a minute: three leases long. */
	private static final Duration LONGEST_RECONNECT_DELAY = Duration.ofMillis(200);

	private static final Duration SHUTDOWN_TIMEOUT = Duration.ofMillis(100);

	private final Duration connectTimeout;

	private final Duration commandTimeout;

	private final @Nullable ClientResources givenResources;

	/** Made at once: a bundle that cannot be used stops the start. */
	private final @Nullable SslOptions tls;

	/** Guarded by this. */
	private @Nullable ClientOptions options;

	/** Guarded by this. */
	private @Nullable ClientResources ownResources;

	/**
	 * A configuration that has made nothing yet.
	 * @param properties within which time Redis answers
	 * @param bundle keys and certificates for TLS, or null to speak without
	 * @param givenResources the application's own client resources, which it shuts down
	 * itself, or null for some of dlock's
	 */
	OnDemandClientConfiguration(DlockProperties properties, @Nullable SslBundle bundle,
			@Nullable ClientResources givenResources) {
		this.connectTimeout = properties.connectTimeout();
		this.commandTimeout = properties.commandTimeout();
		this.givenResources = givenResources;
		this.tls = (bundle != null) ? tls(bundle) : null;
	}

	private SslOptions tls(SslBundle bundle) {
		SslOptions.Builder builder = SslOptions.builder()
			.handshakeTimeout(this.connectTimeout)
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

	/**
	 * Makes what is left to be made.
	 */
	void complete() {
		getClientOptions();
		getClientResources();
	}

	@Override
	public synchronized Optional<ClientOptions> getClientOptions() {
		if (this.options == null) {
			this.options = newOptions();
		}
		return Optional.of(this.options);
	}

	private ClientOptions newOptions() {
		ClientOptions.Builder builder = ClientOptions.builder()
			.autoReconnect(true)
			.disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
			.timeoutOptions(TimeoutOptions.enabled())
			.socketOptions(newSocketOptions());
		if (this.tls != null) {
			builder.sslOptions(this.tls);
		}
		return builder.build();
	}

	/**
	 * Notices a peer that is gone without a word: by keepalive while nothing is sent,
	 * which also keeps the network from forgetting what is idle. While something is,
	 * {@link SilenceWatch} does, and TCP_USER_TIMEOUT where one of Netty's native
	 * transports is there: without, Lettuce would refuse to connect.
	 */
	private SocketOptions newSocketOptions() {
		Duration unacknowledged = this.commandTimeout;
		if (unacknowledged.compareTo(SHORTEST_TCP_USER_TIMEOUT) < 0) {
			unacknowledged = SHORTEST_TCP_USER_TIMEOUT;
		}
		SocketOptions.Builder builder = SocketOptions.builder()
			.connectTimeout(this.connectTimeout)
			.keepAlive(true)
			.tcpUserTimeout(
					TcpUserTimeoutOptions.builder().enable(isNativeOfLinux()).tcpUserTimeout(unacknowledged).build());
		if (canShortenKeepAlive()) {
			builder.keepAlive(KeepAliveOptions.builder()
				.enable()
				.idle(KEEPALIVE_IDLE)
				.interval(KEEPALIVE_INTERVAL)
				.count(KEEPALIVE_COUNT)
				.build());
		}
		return builder.build();
	}

	private static boolean isNativeOfLinux() {
		return EpollProvider.isAvailable() || IOUringProvider.isAvailable();
	}

	/**
	 * Whether the times of keepalive can be set: otherwise Lettuce or Netty would warn at
	 * each connection. Not with the native transport of macOS, nor on Windows with the
	 * older JDKs.
	 */
	private static boolean canShortenKeepAlive() {
		return isNativeOfLinux() || (!KqueueProvider.isAvailable() && knowsTimesOfKeepAlive());
	}

	private static boolean knowsTimesOfKeepAlive() {
		try (SocketChannel any = SocketChannel.open()) {
			return any.supportedOptions()
				.stream()
				.map(SocketOption::name)
				.collect(Collectors.toSet())
				.containsAll(KEEPALIVE_OPTIONS);
		}
		catch (IOException ex) {
			return false;
		}
	}

	@Override
	public synchronized Optional<ClientResources> getClientResources() {
		if (this.givenResources != null) {
			return Optional.of(this.givenResources);
		}
		if (this.ownResources == null) {
			this.ownResources = newResources();
		}
		return Optional.of(this.ownResources);
	}

	private ClientResources newResources() {
		return ClientResources.builder()
			.reconnectDelay(Delay.exponential(Duration.ZERO, LONGEST_RECONNECT_DELAY, 2, TimeUnit.MILLISECONDS))
			.threadFactoryProvider((pool) -> new DefaultThreadFactory("dlock-" + pool, true))
			.nettyCustomizer(new NettyCustomizer() {

				@Override
				public void afterChannelInitialized(Channel channel) {
					channel.pipeline().addFirst(new SilenceWatch(OnDemandClientConfiguration.this.commandTimeout));
				}

			})
			.build();
	}

	/**
	 * Shuts down the resources that were made here.
	 */
	synchronized void shutDown() {
		if (this.ownResources != null) {
			Future<Boolean> unused = this.ownResources.shutdown();
		}
	}

	@Override
	public boolean isUseSsl() {
		return this.tls != null;
	}

	@Override
	@SuppressWarnings("deprecation")
	public boolean isVerifyPeer() {
		return true;
	}

	@Override
	public SslVerifyMode getVerifyMode() {
		return SslVerifyMode.FULL;
	}

	@Override
	public boolean isStartTls() {
		return false;
	}

	@Override
	public Optional<String> getClientName() {
		return Optional.empty();
	}

	@Override
	public Optional<ReadFrom> getReadFrom() {
		return Optional.empty();
	}

	@Override
	public Optional<RedisCredentialsProviderFactory> getRedisCredentialsProviderFactory() {
		return Optional.empty();
	}

	@Override
	public Duration getCommandTimeout() {
		return this.commandTimeout;
	}

	@Override
	public Duration getShutdownTimeout() {
		return SHUTDOWN_TIMEOUT;
	}

	@Override
	public Duration getShutdownQuietPeriod() {
		return Duration.ZERO;
	}

}
