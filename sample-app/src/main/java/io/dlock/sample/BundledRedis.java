package io.dlock.sample;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.springframework.boot.diagnostics.FailureAnalyzedException;

/**
 * The redis-server that comes as a resource with the sample. It runs as a process of its
 * own and outlives the instance that starts it: whichever instance dies, the others still
 * have a Redis.
 */
final class BundledRedis {

	static final String HOST = "127.0.0.1";

	static final String FOLDER = "dlock-sample-";

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private final int port;

	private final Path parent;

	/**
	 * The bundled Redis at a port of this machine.
	 * @param port where it listens
	 * @param parent where a folder for it can be made
	 */
	BundledRedis(int port, Path parent) {
		this.port = port;
		this.parent = parent;
	}

	/**
	 * Returns the Redis at the port, after starting it when nobody answers there.
	 */
	RedisProcess joinOrStart() {
		return ask().orElseGet(this::start);
	}

	private Optional<RedisProcess> ask() {
		try {
			return Optional.of(new RedisProbe(this.port).ask());
		}
		catch (IOException ex) {
			return Optional.empty();
		}
	}

	/**
	 * Starts a redis-server. When another instance has just done so, that one has the
	 * port, this one ends, and both instances share the other's.
	 */
	RedisProcess start() {
		try {
			Path folder = Files.createTempDirectory(this.parent, FOLDER);
			Path binary = extract(folder);
			launch(folder, binary);
			RedisProcess redis = awaitAnswer(folder);
			// A running program does not need its file any more.
			Files.delete(binary);
			return redis;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot start the bundled redis-server", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while the bundled redis-server was starting", ex);
		}
	}

	static Path extract(Path folder) throws IOException {
		String resource = "redis-server-7.0.15-%s-%s".formatted(operatingSystem(), architecture());
		try (InputStream binary = BundledRedis.class.getResourceAsStream("/" + resource)) {
			if (binary == null) {
				throw new FailureAnalyzedException("The sample has no %s in its luggage".formatted(resource),
						"Start a Redis and set DLOCK_HOST (and DLOCK_PORT) to where it is.");
			}
			Path file = folder.resolve("redis-server");
			Files.copy(binary, file);
			if (!file.toFile().setExecutable(true)) {
				throw new IOException("Cannot make " + file + " executable");
			}
			return file;
		}
	}

	/**
	 * As a daemon, redis-server has a session of its own: Ctrl-C in the terminal of the
	 * sample, which interrupts all that runs there in the foreground, does not reach it.
	 */
	private void launch(Path folder, Path binary) throws IOException, InterruptedException {
		File log = log(folder).toFile();
		List<String> command = List.of(binary.toString(), "--daemonize", "yes", "--bind", HOST, "--port",
				Integer.toString(this.port), "--save", "", "--dir", folder.toString(), "--logfile", log.getPath());
		Process launcher = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
		if (!launcher.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || launcher.exitValue() != 0) {
			throw failed(folder);
		}
	}

	private RedisProcess awaitAnswer(Path folder) throws IOException, InterruptedException {
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		while (System.nanoTime() - deadline < 0) {
			Optional<RedisProcess> redis = ask();
			if (redis.isPresent()) {
				return redis.get();
			}
			TimeUnit.MILLISECONDS.sleep(20);
		}
		throw failed(folder);
	}

	private FailureAnalyzedException failed(Path folder) throws IOException {
		return new FailureAnalyzedException(
				"The bundled redis-server did not start. Its log: " + Files.readString(log(folder)).strip(),
				"Start a Redis and set DLOCK_HOST (and DLOCK_PORT) to where it is.");
	}

	private static Path log(Path folder) {
		return folder.resolve("redis.log");
	}

	private static String operatingSystem() {
		String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
		return name.startsWith("mac") ? "darwin" : name.split(" ", 2)[0];
	}

	private static String architecture() {
		String name = System.getProperty("os.arch");
		return switch (name) {
			case "x86_64" -> "amd64";
			case "aarch64" -> "arm64";
			case "i386", "x86" -> "386";
			default -> name;
		};
	}

}
