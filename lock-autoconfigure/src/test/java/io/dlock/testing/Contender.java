package io.dlock.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.dlock.DistributedLock;
import io.dlock.core.LeaseSettings;
import io.dlock.core.LeasingLockRegistry;
import io.dlock.core.LockObserver;
import io.dlock.redis.RedisLockStore;
import io.dlock.redis.RedisStoreSettings;

import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * A process of its own that takes one lock again and again, and writes down when it held
 * it: {@code <begin> <end> <token>} a line, in nanoseconds of the machine's monotonic
 * clock, which all processes share.
 */
public final class Contender {

	private final Process process;

	private final Path record;

	private Contender(Process process, Path record) {
		this.process = process;
		this.record = record;
	}

	/**
	 * Starts a process.
	 * @param server where the locks are
	 * @param key the lock that it takes
	 * @param threads how many of its threads do
	 * @param duration for how long, from the first time that it has it
	 */
	public static Contender start(RedisServer server, String key, int threads, Duration duration) throws IOException {
		Path record = Files.createTempFile("dlock-contender", ".txt");
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
				Contender.class.getName(), String.valueOf(server.port()), key, String.valueOf(threads),
				String.valueOf(duration.toMillis()), record.toString())
			.redirectErrorStream(true)
			.redirectOutput(logOf(record).toFile())
			.start();
		Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
		return new Contender(process, record);
	}

	/**
	 * When it held the lock, once it has ended. What it has written is gone then.
	 */
	public List<Hold> holds() throws Exception {
		Path log = logOf(this.record);
		if (!this.process.waitFor(60, TimeUnit.SECONDS) || this.process.exitValue() != 0) {
			this.process.destroyForcibly();
			throw new AssertionError("a contender failed: " + Files.readString(log));
		}
		try (Stream<String> lines = Files.lines(this.record)) {
			return lines.map(Hold::parse).toList();
		}
		finally {
			Files.delete(this.record);
			Files.delete(log);
		}
	}

	private static Path logOf(Path record) {
		return Path.of(record + ".log");
	}

	public static void main(String[] args) throws Exception {

		LettuceConnectionFactory factory = TestConnectionFactories.to("127.0.0.1", Integer.parseInt(args[0]));
		LeasingLockRegistry registry = new LeasingLockRegistry(
				new RedisLockStore(factory, new RedisStoreSettings("dlock:", "Redis")), new LeaseSettings("contender",
						Duration.ofSeconds(10), Duration.ofSeconds(3), Duration.ofMillis(100), Duration.ofSeconds(2)),
				new LockObserver() {
				});
		registry.start();
		ConcurrentLinkedQueue<String> holds = new ConcurrentLinkedQueue<>();
		hold(registry.get(args[1]), holds); // however long the start has taken
		long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Long.parseLong(args[3]));
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < Integer.parseInt(args[2]); i++) {
			Thread thread = new Thread(() -> contend(registry.get(args[1]), end, holds));
			thread.start();
			threads.add(thread);
		}
		for (Thread thread : threads) {
			thread.join();
		}
		Files.write(Path.of(args[4]), holds);
		registry.stop(Duration.ofSeconds(2));
		factory.destroy();
	}

	private static void contend(DistributedLock lock, long end, ConcurrentLinkedQueue<String> holds) {
		while (System.nanoTime() < end) {
			hold(lock, holds);
		}
	}

	private static void hold(DistributedLock lock, ConcurrentLinkedQueue<String> holds) {
		lock.lock();
		try {
			long begin = System.nanoTime();
			long token = lock.currentLease().orElseThrow().fencingToken();
			holds.add(begin + " " + System.nanoTime() + " " + token);
		}
		finally {
			lock.unlock();
		}
	}

	/**
	 * One time that the lock was held.
	 *
	 * @param begin after the lock was obtained
	 * @param end before it was released
	 * @param token the fencing token
	 */
	public record Hold(long begin, long end, long token) {

		private static Hold parse(String line) {
			String[] parts = line.split(" ", 3);
			return new Hold(Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
		}

	}

}
