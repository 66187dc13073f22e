package io.dlock.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.dlock.history.Entry;

/**
 * A {@link Node} in a process of its own, in the hands of whoever mistreats it.
 */
final class NodeProcess implements AutoCloseable {

	private static final int PATIENCE_SECONDS = 60;

	private final String name;

	private final Path folder;

	private final Process process;

	private NodeProcess(String name, Path folder, Process process) {
		this.name = name;
		this.folder = folder;
		this.process = process;
	}

	/**
	 * Starts a process.
	 * @param name the node's name, never used before
	 * @param folder where it writes its journal
	 * @param arguments what {@link Node#main} takes behind these
	 */
	static NodeProcess start(String name, Path folder, List<String> arguments) {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx96m",
						"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError", "-cp",
						System.getProperty("java.class.path"), Node.class.getName(), name, folder.toString()));
		command.addAll(arguments);
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(folder.resolve(name + ".log").toFile())
				.start();
			Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
			return new NodeProcess(name, folder, process);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static Path journalOf(Path folder, String node) {
		return folder.resolve(node + ".journal");
	}

	static Path pulseOf(Path folder, String node) {
		return folder.resolve(node + ".pulse");
	}

	String name() {
		return this.name;
	}

	boolean isAlive() {
		return this.process.isAlive();
	}

	/**
	 * Whether its workers have begun.
	 */
	boolean works() {
		try {
			Path journal = journalOf(this.folder, this.name);
			return Files.exists(journal) && Files.size(journal) > 0;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	void signal(String signal) {
		try {
			int status = new ProcessBuilder("kill", "-" + signal, Long.toString(this.process.pid())).start().waitFor();
			if (status != 0) {
				throw new IllegalStateException("kill -" + signal + " of " + this.name + " ended with " + status);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Ends it at once, without a word to anybody (SIGKILL).
	 */
	void kill() {
		try {
			this.process.destroyForcibly().waitFor();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Tells it to come to its end.
	 */
	void end() {
		try {
			this.process.getOutputStream().close();
		}
		catch (IOException ex) {
			// it has ended before
		}
	}

	/**
	 * Waits until it has ended, and adds to the entries when that was not as it should
	 * be.
	 */
	void awaitEnd(List<Entry> entries) throws InterruptedException {
		boolean ended = this.process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
		if (!ended || this.process.exitValue() != 0) {
			kill();
			entries.add(new Entry.Strange(this.name, System.nanoTime(),
					ended ? "it ended with status " + this.process.exitValue() : "it did not come to its end"));
		}
	}

	@Override
	public void close() {
		kill();
	}

}
