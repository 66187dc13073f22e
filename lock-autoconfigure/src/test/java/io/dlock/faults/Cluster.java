package io.dlock.faults;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.dlock.faults.Journal.What;
import io.dlock.testing.CommandRecorder;
import io.dlock.testing.RedisServer;
import io.dlock.testing.SentinelSet;
import io.dlock.testing.TcpProxy;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The servers and applications of one test. When the test has ended it closes them all,
 * and checks what holds whatever happened: no two valid leases of a key at once, tokens
 * that grow, exactly one end for every lease, and nothing left in Redis one TTL later
 * except {@code :fence} keys.
 */
final class Cluster implements AfterEachCallback {

	/** On a machine that has other things to do. */
	private static final Duration SLACK = Duration.ofSeconds(5);

	private final Journal journal = new Journal();

	private final Deque<AutoCloseable> nodes = new ArrayDeque<>();

	private final List<RedisServer> servers = new ArrayList<>();

	private final List<SentinelSet> sentinelSets = new ArrayList<>();

	private final List<AutoCloseable> closeables = new ArrayList<>();

	private Duration ttl = Duration.ofSeconds(1);

	private Duration commandTimeout = Duration.ofMillis(500);

	private boolean overlaps;

	Journal journal() {
		return this.journal;
	}

	RedisServer redis(String... arguments) {
		RedisServer server = RedisServer.start(arguments);
		this.servers.add(server);
		return server;
	}

	SentinelSet sentinels(int replicas) {
		return closing(SentinelSet.start(replicas));
	}

	SentinelSet sentinelsApart(int replicas, String... masterArguments) {
		return closing(SentinelSet.startApart(replicas, masterArguments));
	}

	/** Closes a server when the test has ended, and does not look into it. */
	RedisServer closing(RedisServer server) {
		this.closeables.add(server);
		return server;
	}

	private SentinelSet closing(SentinelSet set) {
		this.sentinelSets.add(set);
		return set;
	}

	TcpProxy proxy(RedisServer server) {
		TcpProxy proxy = TcpProxy.to(server);
		this.closeables.add(proxy);
		return proxy;
	}

	CommandRecorder record(RedisServer server) {
		CommandRecorder recorder = server.record();
		this.closeables.add(recorder);
		return recorder;
	}

	/** The nodes that are started from now on have this TTL. */
	Cluster ttl(Duration ttl) {
		this.ttl = ttl;
		return this;
	}

	Duration ttl() {
		return this.ttl;
	}

	/** The nodes that are started from now on wait so long for an answer. */
	Cluster commandTimeout(Duration timeout) {
		this.commandTimeout = timeout;
		return this;
	}

	Duration commandTimeout() {
		return this.commandTimeout;
	}

	/** When the loser of a lock must know it at the latest. */
	Duration lossTold() {
		return this.ttl.dividedBy(3).plus(this.commandTimeout).plus(SLACK);
	}

	/**
	 * Redis is going to lose writes: leases may overlap, and only tokens tell them apart.
	 */
	void redisLosesWrites() {
		this.overlaps = true;
	}

	Node node(String name, RedisServer server, String... properties) {
		return node(name, at(server.port()), properties);
	}

	/** An application in which there is something besides dlock. */
	Node node(String name, RedisServer server, Class<?> configuration, String... properties) {
		return started(Node.start(name, this.journal, properties(at(server.port()), properties), configuration));
	}

	Node node(String name, TcpProxy proxy, String... properties) {
		return node(name, at(proxy.port()), properties);
	}

	Node node(String name, SentinelSet sentinels, String... properties) {
		return node(name, at(sentinels.masterName(), sentinels.nodes()), properties);
	}

	/**
	 * Starts an application that asks sentinels, given as host:port each.
	 * @param configurations what is in the application besides dlock
	 */
	Node node(String name, SentinelSet sentinels, List<String> nodes, Class<?>... configurations) {
		return node(name, sentinels.masterName(), nodes, configurations);
	}

	/** Starts an application that asks sentinels for a master of this name. */
	Node node(String name, String master, List<String> nodes, Class<?>... configurations) {
		Node node = Node.start(name, this.journal, properties(at(master, nodes)), configurations);
		this.nodes.push(node);
		return node;
	}

	private Node node(String name, Stream<String> address, String... properties) {
		return started(Node.start(name, this.journal, properties(address, properties)));
	}

	private Node started(Node node) {
		this.nodes.push(node);
		return node;
	}

	/**
	 * Starts an application in a process of its own.
	 * @param options of its JVM
	 */
	ChildNode child(String name, RedisServer server, String... options) {
		return child(name, server, Map.of(), options);
	}

	/**
	 * Starts an application in a process of its own.
	 * @param environment of the process, besides that of this one
	 * @param options of its JVM
	 */
	ChildNode child(String name, RedisServer server, Map<String, String> environment, String... options) {
		ChildNode child = ChildNode.start(name, this.journal, environment, List.of(options),
				properties(at(server.port())));
		this.nodes.push(child);
		return child;
	}

	private static Stream<String> at(String master, List<String> sentinels) {
		return Stream.of("dlock.sentinel.master=" + master, "dlock.sentinel.nodes=" + String.join(",", sentinels));
	}

	private static Stream<String> at(int port) {
		return Stream.of("dlock.host=127.0.0.1", "dlock.port=" + port);
	}

	private List<String> properties(Stream<String> address, String... more) {
		Stream<String> times = Stream.of("dlock.ttl=" + this.ttl.toMillis() + "ms",
				"dlock.command-timeout=" + this.commandTimeout.toMillis() + "ms");
		return Stream.of(address, times, Arrays.stream(more)).flatMap((properties) -> properties).toList();
	}

	/** Returns when a node has heard an event about a key. */
	void awaitTold(String node, What what, String key) {
		try {
			promptly(node + " hears " + what + " " + key).until(() -> !this.journal.entries(node, what, key).isEmpty());
		}
		catch (ConditionTimeoutException ex) {
			throw new AssertionError(ex.getMessage() + "\nInstead: " + this.journal, ex);
		}
	}

	/** Waits for a condition, looking often. */
	static ConditionFactory promptly(String what) {
		return Awaitility.await(what)
			.atMost(Duration.ofSeconds(60))
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(2));
	}

	@Override
	public void afterEach(ExtensionContext context) throws Exception {
		try {
			for (AutoCloseable node : this.nodes) {
				node.close();
			}
			if (context.getExecutionException().isEmpty()) {
				check();
			}
		}
		finally {
			for (AutoCloseable each : this.closeables) {
				each.close();
			}
			this.sentinelSets.forEach(SentinelSet::close);
			this.servers.forEach(RedisServer::close);
		}
	}

	private void check() {
		assertThat(this.journal.violations(this.overlaps)).isEmpty();
		Awaitility.await("nothing is left one TTL later")
			.atMost(this.ttl.plus(SLACK))
			.untilAsserted(() -> inUse().forEach((server) -> assertThat(leftovers(server)).isEmpty()));
	}

	private Stream<RedisServer> inUse() {
		return Stream.concat(this.servers.stream().filter(RedisServer::isAlive),
				this.sentinelSets.stream().map(SentinelSet::currentMaster));
	}

	/** What is in a Redis of dlock's, except what has to stay. */
	static List<String> leftovers(RedisServer server) {
		return server.cli("KEYS", "dlock:*").lines().filter((key) -> !key.endsWith(":fence")).toList();
	}

}
