package io.dlock.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.awaitility.Awaitility.await;

/**
 * A redis-server, or a sentinel, with a configuration that is to be tried out.
 */
final class ConfiguredRedis implements AutoCloseable {

	private final int port = FreePort.find();

	private final Path log;

	private final Process process;

	/**
	 * Starts it, and waits until it answers or gives up.
	 * @param configuration what stands in its file; port 6379 of others, which a sentinel
	 * would ask, becomes one where nobody is
	 * @param folder where it can write
	 */
	ConfiguredRedis(String configuration, Path folder) throws IOException {
		Path file = folder.resolve("redis.conf");
		Files.writeString(file, configuration.replace(" 6379 ", " " + FreePort.find() + " ")
				+ "\nport %d\nbind %s\ndir %s\n".formatted(this.port, BundledRedis.HOST, folder));
		List<String> command = new ArrayList<>(List.of(BundledRedis.extract(folder).toString(), file.toString()));
		if (configuration.contains("sentinel monitor")) {
			command.add("--sentinel");
		}
		this.log = folder.resolve("redis.log");
		this.process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(this.log.toFile()).start();
		await().until(() -> !this.process.isAlive() || SharedRedis.at(this.port).isPresent());
	}

	int port() {
		return this.port;
	}

	boolean isRunning() {
		return this.process.isAlive();
	}

	String log() {
		try {
			return Files.readString(this.log);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		this.process.destroyForcibly().onExit().join();
	}

}
