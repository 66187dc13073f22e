package io.dlock.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.dlock.LockOptions;
import io.dlock.core.LeaseSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of dlock.
 *
 * @param mode Where the locks are kept.
 * @param host Redis server host. Cannot be set with dlock.sentinel.*. Without any
 * address, the connection details of spring.data.redis.* are used if there are any, and
 * localhost otherwise.
 * @param port Redis server port. Cannot be set with dlock.sentinel.*.
 * @param sentinel the sentinels that know the Redis server
 * @param database Database index used by the locks.
 * @param username Login username of the Redis server.
 * @param password Login password of the Redis server.
 * @param ssl whether and how to use TLS
 * @param replicas what the replicas of the Redis server have to do with a lock
 * @param connectTimeout Time to wait for a connection to Redis.
 * @param commandTimeout Time to wait for the answer to a command.
 * @param keyPrefix Prefix of all keys that dlock keeps in Redis.
 * @param contendFor Keys of the locks that the application wants from its start to its
 * shutdown.
 * @param ttl Time after which others get the lock of a holder that has vanished. At least
 * 100ms and at most 365d.
 * @param renewInterval Interval between two renewals of a lock that is held. At most half
 * of dlock.ttl, of which it is a third when not set.
 * @param instanceId Name of this instance in Redis, in events and in logs, made unique by
 * a random suffix. The application's name, host and process id when not set.
 * @param pollInterval Interval at which a waiting instance asks for the lock when Redis
 * does not permit it to subscribe.
 */
@ConfigurationProperties("dlock")
public record DlockProperties(@DefaultValue("redis") Mode mode, @Nullable String host, @Nullable Integer port,
		@Nullable Sentinel sentinel, @Nullable Integer database, @Nullable String username, @Nullable String password,
		@DefaultValue Ssl ssl, @DefaultValue Replicas replicas, @DefaultValue("2s") Duration connectTimeout,
		@DefaultValue("2s") Duration commandTimeout, @DefaultValue("dlock:") String keyPrefix,
		@DefaultValue List<String> contendFor, @DefaultValue("10s") Duration ttl, @Nullable Duration renewInterval,
		@Nullable String instanceId, @DefaultValue("100ms") Duration pollInterval) {

	private static final String DEFAULT_HOST = "localhost";

	private static final int DEFAULT_PORT = 6379;

	public DlockProperties {
		host = SettingRules.textOrNull(host);
		username = SettingRules.textOrNull(username);
		password = SettingRules.secretOrNull(password);
		instanceId = SettingRules.textOrNull(instanceId);
		contendFor = List.copyOf(contendFor);
		sentinel = (sentinel != null && sentinel.isEmpty()) ? null : sentinel;
		checkAddress(host, port, sentinel, database);
		SettingRules.checkCredentials("dlock.", username, password);
		SettingRules.checkAtLeastOneMillisecond("dlock.connect-timeout", connectTimeout);
		SettingRules.checkAtLeastOneMillisecond("dlock.command-timeout", commandTimeout);
		SettingRules.checkAtLeastOneMillisecond("dlock.poll-interval", pollInterval);
		checkLease(ttl, renewInterval);
		checkReplicas(replicas, commandTimeout, ttl);
		checkNames(keyPrefix, contendFor, instanceId);
	}

	private static void checkAddress(@Nullable String host, @Nullable Integer port, @Nullable Sentinel sentinel,
			@Nullable Integer database) {
		if (sentinel != null && (host != null || port != null)) {
			String server = (host != null) ? "dlock.host" : "dlock.port";
			throw new InvalidSettingException("%s and dlock.sentinel.* are both set".formatted(server),
					"Remove %s to ask the sentinels for the server, or dlock.sentinel.* to use one server"
						.formatted(server));
		}
		SettingRules.checkHost("dlock.host", host);
		SettingRules.checkPort("dlock.port", port);
		if (database != null && database < 0) {
			throw new InvalidSettingException("dlock.database is %d, which is not a database".formatted(database),
					"Set dlock.database to 0 or a positive number");
		}
	}

	private static void checkLease(Duration ttl, @Nullable Duration renewInterval) {
		if (ttl.compareTo(LockOptions.SHORTEST_TTL) < 0) {
			throw new InvalidSettingException(
					"dlock.ttl is " + SettingRules.asText(ttl)
							+ ", which is so short that an ordinary pause of the JVM would look like a death",
					"Set dlock.ttl to at least 100ms");
		}
		if (ttl.compareTo(LeaseSettings.LONGEST_TTL) > 0) {
			throw new InvalidSettingException(
					"dlock.ttl is %s, which is more than %d days".formatted(SettingRules.asText(ttl),
							LeaseSettings.LONGEST_TTL.toDays()),
					"Set dlock.ttl to at most %dd; a lock that is held for longer is renewed"
						.formatted(LeaseSettings.LONGEST_TTL.toDays()));
		}
		if (renewInterval == null) {
			return;
		}
		SettingRules.checkAtLeastOneMillisecond("dlock.renew-interval", renewInterval);
		if (renewInterval.compareTo(LeaseSettings.part(ttl, 2)) > 0) {
			throw new InvalidSettingException(
					"dlock.renew-interval is %s, which is more than half of dlock.ttl (%s): one lost renewal would lose the lock"
						.formatted(SettingRules.asText(renewInterval), SettingRules.asText(ttl)),
					"Set dlock.renew-interval to at most %s, or remove it"
						.formatted(SettingRules.asText(LeaseSettings.part(ttl, 2))));
		}
	}

	private static void checkReplicas(Replicas replicas, Duration commandTimeout, Duration ttl) {
		Duration timeout = replicas.ackTimeout();
		if (replicas.minAcks() > 0
				&& (timeout.compareTo(commandTimeout) >= 0 || timeout.compareTo(LeaseSettings.part(ttl, 2)) >= 0)) {
			throw new InvalidSettingException(
					"dlock.replicas.ack-timeout is %s, which is not less than dlock.command-timeout (%s) and half of dlock.ttl (%s)"
						.formatted(SettingRules.asText(timeout), SettingRules.asText(commandTimeout),
								SettingRules.asText(ttl)),
					"Set dlock.replicas.ack-timeout to a shorter time");
		}
	}

	private static void checkNames(String keyPrefix, List<String> contendFor, @Nullable String instanceId) {
		if (keyPrefix.isEmpty() || keyPrefix.contains("{") || keyPrefix.contains("}")
				|| SettingRules.hasWhiteSpace(keyPrefix)) {
			throw new InvalidSettingException(
					"dlock.key-prefix is '%s', which is empty or contains a brace or white space".formatted(keyPrefix),
					"Set dlock.key-prefix to a text without them, for example 'dlock:'");
		}
		for (int i = 0; i < contendFor.size(); i++) {
			if (contendFor.get(i).isBlank() || contendFor.get(i).startsWith("}")) {
				throw new InvalidSettingException(
						"dlock.contend-for[%d] is '%s', which is no key of a lock".formatted(i, contendFor.get(i)),
						"Name a key that is not blank and does not begin with '}', or remove the entry");
			}
		}
		if (instanceId != null && SettingRules.hasWhiteSpace(instanceId)) {
			throw new InvalidSettingException(
					"dlock.instance-id is '%s', which contains white space".formatted(instanceId),
					"Set dlock.instance-id to a text without it, or remove it");
		}
	}

	/**
	 * Refuses another mode than the one that the beans are made for. That is decided when
	 * an application is built, if it is processed ahead of time: it would keep its locks
	 * where the other instances do not look for them.
	 * @param decided the mode that the beans are made for
	 */
	void checkMode(Mode decided) {
		if (this.mode != decided) {
			String set = this.mode.name().toLowerCase(Locale.ROOT);
			String built = decided.name().toLowerCase(Locale.ROOT);
			throw new InvalidSettingException(
					"dlock.mode is %s, but the application was processed ahead of time with %s".formatted(set, built),
					"Set dlock.mode to %s, or to %s when the application is built".formatted(built, set));
		}
	}

	/**
	 * Whether these settings say where Redis is.
	 * @return whether there is an address
	 */
	boolean hasAddress() {
		return this.host != null || this.port != null || this.sentinel != null;
	}

	/**
	 * Refuses settings that would go with an address when there is none, and the
	 * connection is not to be made by these properties at all.
	 */
	void checkNothingButTheAddressIsMissing() {
		Map<String, @Nullable Object> others = new LinkedHashMap<>();
		others.put("dlock.database", this.database);
		others.put("dlock.username", this.username);
		others.put("dlock.password", this.password);
		others.put("dlock.ssl.bundle", this.ssl.bundle());
		others.put("dlock.ssl.enabled", this.ssl.enabled());
		others.forEach((property, value) -> {
			if (value != null) {
				throw new InvalidSettingException(
						"%s is set, but the locks are kept in the application's own Redis (spring.data.redis.*)"
							.formatted(property),
						"Set dlock.host or dlock.sentinel.nodes as well, or remove %s".formatted(property));
			}
		});
	}

	/**
	 * Where Redis is: the address that is set, or that of a server on this machine.
	 * @return the address
	 */
	DlockConnectionDetails.Address address() {
		if (this.sentinel != null) {
			return this.sentinel.address();
		}
		return new DlockConnectionDetails.Standalone(new DlockConnectionDetails.Node(
				(this.host != null) ? this.host : DEFAULT_HOST, (this.port != null) ? this.port : DEFAULT_PORT));
	}

	/**
	 * How often a lock that is held is renewed.
	 * @return what is set, or a third of the TTL
	 */
	Duration effectiveRenewInterval() {
		return (this.renewInterval != null) ? this.renewInterval : LeaseSettings.part(this.ttl, 3);
	}

	@Override
	public String toString() {
		return ("DlockProperties[mode=%s, host=%s, port=%s, sentinel=%s, database=%s, username=%s, password=%s, ssl=%s, "
				+ "replicas=%s, connectTimeout=%s, commandTimeout=%s, keyPrefix=%s, contendFor=%s, ttl=%s, renewInterval=%s, "
				+ "instanceId=%s, pollInterval=%s]")
			.formatted(this.mode, this.host, this.port, this.sentinel, this.database, this.username,
					SettingRules.masked(this.password), this.ssl, this.replicas, this.connectTimeout,
					this.commandTimeout, this.keyPrefix, this.contendFor, this.ttl, this.renewInterval, this.instanceId,
					this.pollInterval);
	}

	/**
	 * Where locks are kept.
	 */
	public enum Mode {

		/**
		 * In Redis.
		 */
		REDIS,

		/**
		 * In the memory of this process: they hold for nobody else.
		 */
		LOCAL

	}

	/**
	 * Sentinels that know which Redis server is the master.
	 *
	 * @param master Name of the Redis server, as the sentinels call it. The only one that
	 * they watch when not set.
	 * @param nodes List of "host:port" pairs of the sentinels.
	 * @param host Host of the sentinel, when there is only one. Cannot be set with
	 * dlock.sentinel.nodes.
	 * @param port Port of the sentinel named by dlock.sentinel.host.
	 * @param username Login username for authenticating with the sentinels.
	 * @param password Password for authenticating with the sentinels.
	 */
	public record Sentinel(@Nullable String master, @DefaultValue List<String> nodes, @Nullable String host,
			@Nullable Integer port, @Nullable String username, @Nullable String password) {

		private static final int DEFAULT_PORT = 26379;

		public Sentinel {
			master = SettingRules.textOrNull(master);
			nodes = List.copyOf(nodes);
			host = SettingRules.textOrNull(host);
			username = SettingRules.textOrNull(username);
			password = SettingRules.secretOrNull(password);
			if (!isEmpty(master, nodes, host, port, username, password)) {
				checkAddress(nodes, host, port);
				SettingRules.checkCredentials("dlock.sentinel.", username, password);
			}
		}

		/**
		 * Whether nothing is set, or to nothing, as by a placeholder with an empty
		 * default.
		 */
		private static boolean isEmpty(@Nullable String master, List<String> nodes, @Nullable Object... others) {
			return master == null && nodes.isEmpty() && Stream.of(others).allMatch(Objects::isNull);
		}

		boolean isEmpty() {
			return isEmpty(this.master, this.nodes, this.host, this.port, this.username, this.password);
		}

		private static void checkAddress(List<String> nodes, @Nullable String host, @Nullable Integer port) {
			if (nodes.isEmpty() && host == null) {
				throw new InvalidSettingException("dlock.sentinel.* is set, but no sentinel is named",
						"List the sentinels in dlock.sentinel.nodes as host:port, or name a single one by dlock.sentinel.host");
			}
			if (!nodes.isEmpty() && (host != null || port != null)) {
				throw new InvalidSettingException(
						"dlock.sentinel.nodes and dlock.sentinel.%s are both set"
							.formatted((host != null) ? "host" : "port"),
						"Use dlock.sentinel.nodes alone; host and port are the short form for a single sentinel");
			}
			SettingRules.checkHost("dlock.sentinel.host", host);
			SettingRules.checkPort("dlock.sentinel.port", port);
			parsed(nodes);
		}

		private static List<DlockConnectionDetails.Node> parsed(List<String> nodes) {
			NodeSyntax syntax = new NodeSyntax("dlock.sentinel.nodes");
			return IntStream.range(0, nodes.size()).mapToObj((i) -> syntax.parse(i, nodes.get(i))).toList();
		}

		DlockConnectionDetails.Address address() {
			List<DlockConnectionDetails.Node> addresses = (this.host != null)
					? List
						.of(new DlockConnectionDetails.Node(this.host, (this.port != null) ? this.port : DEFAULT_PORT))
					: parsed(this.nodes);
			return new DlockConnectionDetails.Sentinel(this.master, addresses, this.username, this.password);
		}

		@Override
		public String toString() {
			return "Sentinel[master=%s, nodes=%s, host=%s, port=%s, username=%s, password=%s]".formatted(this.master,
					this.nodes, this.host, this.port, this.username, SettingRules.masked(this.password));
		}

	}

	/**
	 * Whether and how to use TLS.
	 *
	 * @param enabled Whether to use TLS. On when dlock.ssl.bundle is set, unless
	 * specified otherwise.
	 * @param bundle Name of the SSL bundle. The trust of the JVM when not set.
	 */
	public record Ssl(@Nullable Boolean enabled, @Nullable String bundle) {

		public Ssl {
			bundle = SettingRules.textOrNull(bundle);
		}

		boolean isOn() {
			return (this.enabled != null) ? this.enabled : this.bundle != null;
		}

	}

	/**
	 * What replicas have to do with a lock.
	 *
	 * @param minAcks Number of replicas that have to acknowledge a lock before it counts
	 * as acquired.
	 * @param ackTimeout Time to wait for these acknowledgements. Less than
	 * dlock.command-timeout and half of dlock.ttl.
	 */
	public record Replicas(@DefaultValue("0") int minAcks, @DefaultValue("500ms") Duration ackTimeout) {

		public Replicas {
			if (minAcks < 0) {
				throw new InvalidSettingException("dlock.replicas.min-acks is %d".formatted(minAcks),
						"Set dlock.replicas.min-acks to 0 or to the number of replicas that have to acknowledge");
			}
			SettingRules.checkAtLeastOneMillisecond("dlock.replicas.ack-timeout", ackTimeout);
		}

	}

}
