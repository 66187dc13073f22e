package io.dlock.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * A child process of the tests with a temporary folder of its own: is killed, and its
 * folder deleted, when it is closed or when the JVM ends.
 */
final class ServerProcess implements AutoCloseable {

	private static final Set<ServerProcess> OPEN = ConcurrentHashMap.newKeySet();

	static {
		Runtime.getRuntime().addShutdownHook(new Thread(() -> OPEN.forEach(ServerProcess::close), "test-servers-end"));
	}

	private final Path folder;

	private volatile @Nullable Process process;

	ServerProcess() {
		try {
			this.folder = Files.createTempDirectory("dlock-test");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		OPEN.add(this);
	}

	Path folder() {
		return this.folder;
	}

	void start(List<String> command) {
		try {
			this.process = new ProcessBuilder(new ArrayList<>(command)).directory(this.folder.toFile())
				.redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.appendTo(outputFile().toFile()))
				.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	boolean isAlive() {
		Process current = this.process;
		return current != null && current.isAlive();
	}

	String output() {
		try {
			return Files.readString(outputFile());
		}
		catch (IOException ex) {
			return "(no output: " + ex + ")";
		}
	}

	void signal(String name) {
		Process current = this.process;
		if (current == null || !current.isAlive()) {
			throw new IllegalStateException("There is no process to send SIG" + name + " to");
		}
		run("kill", "-" + name, Long.toString(current.pid()));
	}

	void kill() {
		Process current = this.process;
		if (current != null) {
			await(current.destroyForcibly());
		}
	}

	@Override
	public void close() {
		OPEN.remove(this);
		kill();
		try (Stream<Path> files = Files.walk(this.folder)) {
			files.sorted(Comparator.reverseOrder()).forEach((file) -> file.toFile().delete());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private Path outputFile() {
		return this.folder.resolve("output.log");
	}

	private static void run(String... command) {
		try {
			int status = await(new ProcessBuilder(command).inheritIO().start());
			if (status != 0) {
				throw new IllegalStateException(String.join(" ", command) + " ended with status " + status);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static int await(Process process) {
		try {
			return process.waitFor();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while a process was to end", ex);
		}
	}

}
