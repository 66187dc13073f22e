package io.dlock.faults;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import io.dlock.Lease;
import io.dlock.faults.Journal.Entry;
import io.dlock.faults.Journal.LeaseName;
import io.dlock.faults.Journal.What;

/**
 * The main class of a {@link Node} in a process of its own. It does what it reads, a line
 * {@code <number> <command> <argument>} each, and writes the answers, and what a
 * {@link Witness} is told, a line each as well.
 */
final class NodeProcess implements Witness {

	private final PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true,
			StandardCharsets.UTF_8);

	private final Map<String, Lease> leases = new ConcurrentHashMap<>();

	/** The thread that owns what is taken with {@code lock}. */
	private final ExecutorService owner = Executors.newSingleThreadExecutor();

	/** The threads that do what takes long. */
	private final ExecutorService workers = Executors.newCachedThreadPool();

	private final LongCollection garbage = new LongCollection();

	private final Node node;

	private NodeProcess(String name, String[] properties) {
		this.node = Node.start(name, this, Arrays.asList(properties), Job.class);
	}

	public static void main(String[] args) throws IOException {
		System.setOut(System.err);
		NodeProcess process = new NodeProcess(args[0], Arrays.copyOfRange(args, 1, args.length));
		process.node.connected();
		process.out.println("READY");
		BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		for (String line = in.readLine(); line != null; line = in.readLine()) {
			process.obey(line.split(" ", 3));
		}
		System.exit(0);
	}

	private void obey(String[] line) {
		CompletableFuture<String> unused = run(line[1], (line.length > 2) ? decode(line[2]) : "")
			.whenComplete((answer, failure) -> this.out
				.println("ANSWER " + line[0] + " " + encode((failure != null) ? "!" + failure : answer)));
	}

	private CompletableFuture<String> run(String command, String key) {
		return switch (command) {
			case "acquire" -> this.node.want(key).thenApply((lease) -> {
				this.leases.put(key, lease);
				return String.valueOf(lease.fencingToken());
			});
			case "valid" -> done(String.valueOf(this.leases.get(key).isValid()));
			case "close" -> CompletableFuture.supplyAsync(() -> {
				this.leases.remove(key).close();
				return "";
			});
			case "contend" -> done(this.node.locks().contend(key).key());
			case "lock" -> CompletableFuture.supplyAsync(() -> {
				this.node.lock(key).lock();
				return "";
			}, this.owner);
			case "unlock" -> CompletableFuture.supplyAsync(() -> {
				this.node.lock(key).unlock();
				return "";
			}, this.owner);
			case "tryFor" -> work(() -> tryFor(Duration.ofMillis(Integer.parseInt(key))));
			case "job" -> work(() -> this.node.bean(Job.class).run(Job::runForEver));
			case "crowd" -> work(() -> Load.crowd(this.node.lock("orders"), Integer.parseInt(key)));
			case "inTurn" -> work(() -> Load.inTurn(this.node.locks(), Integer.parseInt(key)));
			case "heap" -> work(Load::heap);
			case "clock" -> done(String.valueOf(System.currentTimeMillis()));
			case "ping" -> done("");
			case "fill" -> done(String.valueOf(this.garbage.fillUntilCollectionTakes(Integer.parseInt(key))));
			case "collect" -> done(String.valueOf(this.garbage.collect()));
			case "stop" -> CompletableFuture.supplyAsync(() -> {
				this.node.close();
				return "";
			});
			default -> CompletableFuture.failedFuture(new IllegalArgumentException(command));
		};
	}

	/** Tries for a time to take the lock that others have: answers how long it took. */
	private String tryFor(Duration wait) throws InterruptedException {
		long from = System.nanoTime();
		boolean obtained = this.node.lock("orders").tryAcquire(wait).isPresent();
		return obtained ? "obtained" : String.valueOf(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from));
	}

	private CompletableFuture<String> work(Callable<String> task) {
		return CompletableFuture.supplyAsync(() -> {
			try {
				return task.call();
			}
			catch (Exception ex) {
				throw new CompletionException(ex);
			}
		}, this.workers);
	}

	private static CompletableFuture<String> done(String answer) {
		return CompletableFuture.completedFuture(answer);
	}

	@Override
	public void told(Entry entry) {
		this.out.println("TOLD " + entry.at() + " " + entry.what() + " " + encode(entry.lease().key()) + " "
				+ entry.lease().token() + " " + entry.detail());
	}

	@Override
	public void seenValid(LeaseName lease, long from, long to) {
		this.out.println("SEEN " + from + " " + to + " " + encode(lease.key()) + " " + lease.token());
	}

	/**
	 * Passes on to a witness what a process has written.
	 * @return whether the line was meant for it
	 */
	static boolean pass(String node, String line, Witness witness) {
		String[] parts = line.split(" ", 6);
		if (parts[0].equals("TOLD")) {
			LeaseName lease = new LeaseName(node, decode(parts[3]), Long.parseLong(parts[4]));
			witness.told(new Entry(Long.parseLong(parts[1]), What.valueOf(parts[2]), lease, parts[5]));
			return true;
		}
		if (parts[0].equals("SEEN")) {
			LeaseName lease = new LeaseName(node, decode(parts[3]), Long.parseLong(parts[4]));
			witness.seenValid(lease, Long.parseLong(parts[1]), Long.parseLong(parts[2]));
			return true;
		}
		return false;
	}

	static String encode(String text) {
		return URLEncoder.encode(text, StandardCharsets.UTF_8);
	}

	static String decode(String text) {
		return URLDecoder.decode(text, StandardCharsets.UTF_8);
	}

}
