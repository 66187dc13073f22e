package io.dlock.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A master, its replicas, and three sentinels that watch them with a quorum of two: real
 * processes, to be closed by whoever started them. A master that does not answer for one
 * second is replaced.
 */
public final class SentinelSet implements AutoCloseable {

	private static final String MASTER_NAME = "mymaster";

	private static final int SENTINELS = 3;

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private final List<RedisServer> servers = new ArrayList<>();

	private final List<RedisServer> sentinels = new ArrayList<>();

	/** Between the first master and everybody else, if it is to be cut off. */
	private @Nullable TcpProxy network;

	private SentinelSet() {
	}

	/**
	 * Starts a set, and waits until its replicas are in sync and a failover is possible.
	 * @param replicas how many replicas the master has
	 * @return the set
	 */
	public static SentinelSet start(int replicas) {
		return start(new SentinelSet(), false, replicas);
	}

	/**
	 * Starts a set whose master replicas, sentinels and whoever asks these reach over a
	 * {@link #network} only.
	 * @param replicas how many replicas the master has
	 * @param masterArguments more arguments of the master's
	 * @return the set
	 */
	public static SentinelSet startApart(int replicas, String... masterArguments) {
		return start(new SentinelSet(), true, replicas, masterArguments);
	}

	private static SentinelSet start(SentinelSet set, boolean apart, int replicas, String... masterArguments) {
		try {
			set.startMaster(apart, masterArguments);
			set.startReplicas(replicas);
			set.startSentinels();
			set.awaitFailoverPossible();
			return set;
		}
		catch (RuntimeException ex) {
			set.close();
			throw ex;
		}
	}

	/** The name under which the sentinels know the master. */
	public String masterName() {
		return MASTER_NAME;
	}

	/** Where the sentinels are, as host:port each. */
	public List<String> nodes() {
		return this.sentinels.stream().map(RedisServer::address).toList();
	}

	public List<RedisServer> sentinels() {
		return List.copyOf(this.sentinels);
	}

	/**
	 * The server that most of the sentinels that answer take for the master.
	 * @return the master, alive or not
	 */
	public RedisServer currentMaster() {
		int port = this.sentinels.stream()
			.filter(RedisServer::isAlive)
			.map(SentinelSet::masterPort)
			.max((one, other) -> Long.compare(votes(one), votes(other)))
			.orElseThrow(() -> new IllegalStateException("No sentinel runs"));
		return this.servers.stream().filter((server) -> port(server) == port).findFirst().orElseThrow();
	}

	/** What is between a master that was started apart and everybody else. */
	public TcpProxy network() {
		return Objects.requireNonNull(this.network, "The master was not started apart");
	}

	/**
	 * Starts a sentinel of the same name that knows nothing of this set: it watches a
	 * server of its own, as one does that was cut off together with a former master.
	 * @param server what it takes for the master
	 * @return the sentinel, to be closed
	 */
	public static RedisServer startStranger(RedisServer server) {
		return startSentinel(MASTER_NAME, server.host(), server.port());
	}

	/**
	 * Starts a sentinel on the master's side of the network, which calls the master by
	 * another name, so that it and the others do not find each other.
	 * @param name what it calls the master
	 * @return the sentinel, to be closed
	 */
	public RedisServer startBeside(String name) {
		return startSentinel(name, this.servers.get(0).host(), this.servers.get(0).port());
	}

	/** The servers that run and are not the master. */
	public List<RedisServer> replicas() {
		RedisServer master = currentMaster();
		return this.servers.stream().filter((server) -> server != master && server.isAlive()).toList();
	}

	/**
	 * Kills the master, and does not wait for what follows.
	 * @return the server that was the master
	 */
	public RedisServer killMaster() {
		RedisServer master = currentMaster();
		master.kill();
		return master;
	}

	/**
	 * Cuts the replicas off, and returns when that is so: what is written from now on is
	 * lost when the master dies before they are resumed. A replica that only stands still
	 * would find it in its socket afterwards.
	 * @return the replicas, standing still
	 */
	public List<RedisServer> cutReplicasOff() {
		List<RedisServer> replicas = replicas();
		replicas.forEach(RedisServer::pause);
		RedisServer master = currentMaster();
		master.cli("CLIENT", "KILL", "TYPE", "replica");
		Awaitility.await("no replica")
			.atMost(PATIENCE)
			.until(() -> master.cli("INFO", "replication").contains("connected_slaves:0"));
		return replicas;
	}

	/**
	 * Listens to all sentinels from now on.
	 * @return when the first of them says that it has switched to another master, as
	 * {@link System#nanoTime}
	 */
	public CompletableFuture<Long> nextSwitch() {
		CompletableFuture<Long> switched = new CompletableFuture<>();
		this.sentinels.stream()
			.filter(RedisServer::isAlive)
			.forEach((sentinel) -> sentinel.listen("+switch-master", () -> switched.complete(System.nanoTime())));
		return switched;
	}

	/**
	 * Has the sentinels replace the master although nothing is wrong with it, and waits
	 * until all of them name the new one. The former goes on as a master until they make
	 * a replica of it, some ten seconds later.
	 * @return the former master
	 */
	public RedisServer replaceMaster() {
		RedisServer former = currentMaster();
		this.sentinels.get(0).cli("SENTINEL", "FAILOVER", MASTER_NAME);
		Awaitility.await("another master").atMost(PATIENCE).until(() -> votes(port(former)) == 0);
		return former;
	}

	@Override
	public void close() {
		this.sentinels.forEach(RedisServer::close);
		this.servers.forEach(RedisServer::close);
		if (this.network != null) {
			this.network.close();
		}
	}

	private void startMaster(boolean apart, String... arguments) {
		List<String> all = new ArrayList<>(
				List.of("--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1"));
		all.addAll(List.of(arguments));
		RedisServer master = RedisServer.start(all.toArray(String[]::new));
		this.servers.add(master);
		if (apart) {
			this.network = TcpProxy.to(master);
		}
	}

	private void startReplicas(int replicas) {
		RedisServer master = this.servers.get(0);
		for (int i = 0; i < replicas; i++) {
			this.servers.add(RedisServer.start("--replicaof", master.host(), Integer.toString(port(master)),
					"--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1"));
		}
	}

	private void startSentinels() {
		RedisServer master = this.servers.get(0);
		for (int i = 0; i < SENTINELS; i++) {
			this.sentinels.add(startSentinel(MASTER_NAME, master.host(), port(master)));
		}
	}

	private static RedisServer startSentinel(String name, String host, int port) {
		return RedisServer.startSentinel("sentinel monitor " + name + " " + host + " " + port + " 2",
				"sentinel down-after-milliseconds " + name + " 1000", "sentinel failover-timeout " + name + " 5000");
	}

	/** The port at which others reach a server. */
	private int port(RedisServer server) {
		TcpProxy between = this.network;
		return (between != null && server == this.servers.get(0)) ? between.port() : server.port();
	}

	/**
	 * Returns when all servers are one master and its replicas, and the sentinels know.
	 */
	public void awaitFailoverPossible() {
		int replicas = this.servers.size() - 1;
		Awaitility.await("replicas in sync").atMost(PATIENCE).until(this::areReplicasInSync);
		Awaitility.await("sentinels agree")
			.atMost(PATIENCE)
			.until(() -> this.sentinels.stream().allMatch((sentinel) -> isReady(sentinel, replicas)));
	}

	/**
	 * The master is looked for each time: the sentinels may change their minds.
	 */
	private boolean areReplicasInSync() {
		RedisServer master = currentMaster();
		return this.servers.stream()
			.filter((server) -> server != master)
			.allMatch((replica) -> replica.cli("INFO", "replication").contains("master_link_status:up"));
	}

	private static boolean isReady(RedisServer sentinel, int replicas) {
		String watched = sentinel.cli("INFO", "sentinel");
		return watched.contains("status=ok,") && watched.contains(",slaves=" + replicas + ",")
				&& watched.contains(",sentinels=" + SENTINELS) && hasQuorum(sentinel) && seesReplicas(sentinel);
	}

	private static boolean hasQuorum(RedisServer sentinel) {
		try {
			return sentinel.cli("SENTINEL", "CKQUORUM", MASTER_NAME).startsWith("OK");
		}
		catch (IllegalStateException ex) {
			return false;
		}
	}

	private static boolean seesReplicas(RedisServer sentinel) {
		return !sentinel.cli("SENTINEL", "REPLICAS", MASTER_NAME).contains("master-link-status\nerr");
	}

	private long votes(int port) {
		return this.sentinels.stream().filter((sentinel) -> sentinel.isAlive() && masterPort(sentinel) == port).count();
	}

	private static int masterPort(RedisServer sentinel) {
		return Integer.parseInt(sentinel.cli("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER_NAME)
			.lines()
			.skip(1)
			.findFirst()
			.orElse(""));
	}

}
