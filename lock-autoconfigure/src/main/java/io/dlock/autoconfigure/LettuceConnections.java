package io.dlock.autoconfigure;

import java.time.Duration;

import io.dlock.autoconfigure.DlockConnectionDetails.Sentinel;
import io.dlock.autoconfigure.DlockConnectionDetails.Standalone;
import io.dlock.redis.RedisLockStore;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SocketOptions.TcpUserTimeoutOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.EpollProvider;
import io.lettuce.core.resource.IOUringProvider;
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

	private final DlockConnectionDetails details;

	private final DlockProperties properties;

	private final ClientResources resources;

	LettuceConnections(DlockConnectionDetails details, DlockProperties properties, ClientResources resources) {
		this.details = details;
		this.properties = properties;
		this.resources = resources;
	}

	LettuceConnectionFactory factory() {
		LettuceConnectionFactory factory = switchOnAddress();
		factory.setEarlyStartup(false);
		return factory;
	}

	private LettuceConnectionFactory switchOnAddress() {
		LettuceClientConfiguration client = client();
		if (this.details.getAddress() instanceof Standalone standalone) {
			return new LettuceConnectionFactory(configuration(standalone), client);
		}
		Sentinel sentinel = (Sentinel) this.details.getAddress();
		return (sentinel.master() != null)
				? new LettuceConnectionFactory(configuration(sentinel, sentinel.master()), client)
				: new SoleMasterConnectionFactory(configuration(sentinel, RedisLockStore.SOLE_MASTER), client);
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

	private LettuceClientConfiguration client() {
		LettuceClientConfiguration.LettuceClientConfigurationBuilder builder = LettuceClientConfiguration.builder();
		if (this.details.getSslBundle() != null) {
			builder.useSsl();
		}
		return builder.commandTimeout(this.properties.commandTimeout())
			.clientResources(this.resources)
			.clientOptions(options())
			.build();
	}

	private ClientOptions options() {
		ClientOptions.Builder builder = ClientOptions.builder()
			.autoReconnect(true)
			.disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
			.timeoutOptions(TimeoutOptions.enabled())
			.socketOptions(sockets());
		SslBundle bundle = this.details.getSslBundle();
		if (bundle != null) {
			builder.sslOptions(tls(bundle));
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
