package io.dlock.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.awaitility.Awaitility;

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

	private SentinelSet() {
	}

	/**
	 * Starts a set, and waits until its replicas are in sync and a failover is possible.
	 * @param replicas how many replicas the master has
	 * @return the set
	 */
	public static SentinelSet start(int replicas) {
		SentinelSet set = new SentinelSet();
		try {
			set.startServers(replicas);
			set.startSentinels();
			set.awaitFailoverPossible(replicas);
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
		return this.servers.stream().filter((server) -> server.port() == port).findFirst().orElseThrow();
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
	 * Has the sentinels replace the master although nothing is wrong with it, and waits
	 * until all of them name the new one. The former goes on as a master until they make
	 * a replica of it, some ten seconds later.
	 * @return the former master
	 */
	public RedisServer replaceMaster() {
		RedisServer former = currentMaster();
		this.sentinels.get(0).cli("SENTINEL", "FAILOVER", MASTER_NAME);
		Awaitility.await("another master").atMost(PATIENCE).until(() -> votes(former.port()) == 0);
		return former;
	}

	@Override
	public void close() {
		this.sentinels.forEach(RedisServer::close);
		this.servers.forEach(RedisServer::close);
	}

	private void startServers(int replicas) {
		RedisServer master = RedisServer.start("--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1");
		this.servers.add(master);
		for (int i = 0; i < replicas; i++) {
			this.servers.add(RedisServer.start("--replicaof", master.host(), Integer.toString(master.port()),
					"--repl-diskless-sync-delay", "0", "--repl-ping-replica-period", "1"));
		}
	}

	private void startSentinels() {
		RedisServer master = this.servers.get(0);
		for (int i = 0; i < SENTINELS; i++) {
			this.sentinels.add(RedisServer.startSentinel(
					"sentinel monitor " + MASTER_NAME + " " + master.host() + " " + master.port() + " 2",
					"sentinel down-after-milliseconds " + MASTER_NAME + " 1000",
					"sentinel failover-timeout " + MASTER_NAME + " 5000"));
		}
	}

	private void awaitFailoverPossible(int replicas) {
		Awaitility.await("replicas in sync")
			.atMost(PATIENCE)
			.until(() -> this.servers.stream()
				.skip(1)
				.allMatch((replica) -> replica.cli("INFO", "replication").contains("master_link_status:up")));
		Awaitility.await("sentinels agree")
			.atMost(PATIENCE)
			.until(() -> this.sentinels.stream().allMatch((sentinel) -> isReady(sentinel, replicas)));
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
