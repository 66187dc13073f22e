package io.dlock.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import io.dlock.history.Entry;
import io.dlock.history.History;
import io.dlock.testing.RedisServer;
import org.awaitility.Awaitility;

/**
 * The nodes of a run, the Redis that keeps their locks, and what the locks protect.
 */
final class Cluster implements AutoCloseable {

	private static final int NODES = 3;

	private final Path folder;

	private final Home home;

	private final List<String> arguments;

	private final ProtectedResource resource;

	private final List<NodeProcess> nodes = new ArrayList<>();

	private final List<String> names = new ArrayList<>();

	private final List<Entry> entries = new ArrayList<>();

	/**
	 * Starts the nodes, and waits until all are at work.
	 * @param folder where they write
	 * @param seed of what they leave to chance
	 * @param bug the bug that they have, or empty
	 * @param home where the locks are kept
	 */
	Cluster(Path folder, long seed, String bug, Home home) throws IOException {
		this.folder = folder;
		this.home = home;
		this.resource = new ProtectedResource();
		this.arguments = new ArrayList<>(List.of(Long.toString(seed), Integer.toString(this.resource.port()), bug));
		home.properties().forEach((property) -> this.arguments.add("--" + property));
		Terms.properties().forEach((property) -> this.arguments.add("--" + property));
		for (int i = 0; i < NODES; i++) {
			startNode();
		}
		awaitWork();
	}

	RedisServer redis() {
		return this.home.redis();
	}

	/** Only where sentinels name another one. */
	void killMaster() {
		((SentinelHome) this.home).killMaster();
	}

	/**
	 * After a fault: brings back what others have taken the place of.
	 */
	void mend() {
		this.home.mend();
	}

	NodeProcess anyNode(Random random) {
		return this.nodes.get(random.nextInt(this.nodes.size()));
	}

	String killNode(Random random) {
		NodeProcess killed = this.nodes.remove(random.nextInt(this.nodes.size()));
		killed.kill();
		this.entries.add(new Entry.Killed(killed.name(), System.nanoTime()));
		startNode();
		return killed.name();
	}

	void injected(FaultKind kind, String node, long beganAt) {
		this.entries.add(new Entry.Fault(kind.name(), node, beganAt, System.nanoTime()));
	}

	void awaitWork() {
		Awaitility.await("all nodes at work")
			.atMost(Duration.ofSeconds(60))
			.until(() -> this.nodes.stream().allMatch((node) -> node.works() || !node.isAlive()));
	}

	/**
	 * Ends all nodes in an orderly way, and puts together what everybody saw.
	 */
	History end() throws IOException, InterruptedException {
		this.nodes.forEach(NodeProcess::end);
		for (NodeProcess node : this.nodes) {
			node.awaitEnd(this.entries);
		}
		noteLeftovers();
		Map<History.Holding, Long> pulses = new HashMap<>();
		for (String name : this.names) {
			if (Files.exists(NodeProcess.pulseOf(this.folder, name))) {
				this.entries.addAll(Journal.read(NodeProcess.journalOf(this.folder, name)));
				pulses.putAll(Pulse.read(NodeProcess.pulseOf(this.folder, name), name));
			}
		}
		return new History(this.entries, pulses);
	}

	private void noteLeftovers() {
		redis().cli("KEYS", "dlock:*")
			.lines()
			.filter((key) -> !key.endsWith(":fence"))
			.forEach((key) -> this.entries.add(new Entry.Leftover(key, System.nanoTime())));
	}

	private void startNode() {
		String name = "node-" + (this.names.size() + 1);
		this.names.add(name);
		List<String> ownArguments = new ArrayList<>(this.arguments);
		ownArguments.add("--dlock.instance-id=" + name);
		this.nodes.add(NodeProcess.start(name, this.folder, ownArguments));
	}

	@Override
	public void close() {
		this.nodes.forEach(NodeProcess::close);
		this.resource.close();
	}

}
