package io.dlock.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A {@link Node} in a process of its own, that can be stopped, continued and killed.
 */
final class ChildNode implements AutoCloseable {

	private static final int PATIENCE_SECONDS = 60;

	private final String name;

	private final Journal journal;

	private final Path log;

	private final Process process;

	private final PrintStream commands;

	private final Map<Integer, CompletableFuture<String>> answers = new ConcurrentHashMap<>();

	private final AtomicInteger asked = new AtomicInteger();

	private final CompletableFuture<Void> ready = new CompletableFuture<>();

	private ChildNode(String name, Journal journal, Map<String, String> environment, List<String> options,
			List<String> properties) throws IOException {
		this.name = name;
		this.journal = journal;
		this.log = Files.createTempFile("dlock-node", ".log");
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m",
						"-XX:TieredStopAtLevel=1", "-XX:+IgnoreUnrecognizedVMOptions",
						"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
		command.addAll(options);
		command.addAll(List.of("-cp", System.getProperty("java.class.path"), NodeProcess.class.getName(), name));
		command.addAll(properties);
		ProcessBuilder builder = new ProcessBuilder(command).redirectError(this.log.toFile());
		builder.environment().putAll(environment);
		this.process = builder.start();
		Runtime.getRuntime().addShutdownHook(new Thread(this.process::destroyForcibly));
		this.commands = new PrintStream(this.process.getOutputStream(), true, StandardCharsets.UTF_8);
		Thread reader = new Thread(this::read, "reader-of-" + name);
		reader.setDaemon(true);
		reader.start();
	}

	/**
	 * Starts a process and waits until its application has started.
	 * @param name how the application is called
	 * @param journal is told everything
	 * @param environment of the process, besides that of this one
	 * @param options of the JVM
	 * @param properties settings, as {@code name=value}
	 * @return the process, to be closed
	 */
	static ChildNode start(String name, Journal journal, Map<String, String> environment, List<String> options,
			List<String> properties) {
		try {
			ChildNode child = new ChildNode(name, journal, environment, options, properties);
			child.await(child.ready);
			return child;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Waits for a lock in the background: answered with the fencing token. */
	CompletableFuture<String> want(String key) {
		return ask("acquire", key);
	}

	/** Takes a lock, waiting for it. */
	long acquire(String key) {
		return Long.parseLong(await(want(key)));
	}

	/** What the lease of a key says of itself. */
	boolean isValid(String key) {
		return Boolean.parseBoolean(await(ask("valid", key)));
	}

	/**
	 * Has it do something.
	 * @return the answer; a failure's begins with an exclamation mark
	 */
	CompletableFuture<String> ask(String command, String key) {
		int number = this.asked.incrementAndGet();
		CompletableFuture<String> answer = new CompletableFuture<>();
		this.answers.put(number, answer);
		this.commands.println(number + " " + command + " " + NodeProcess.encode(key));
		return answer;
	}

	/** Has it do something, and waits for the answer. */
	String tell(String command, String key) {
		return await(ask(command, key));
	}

	/** Lets it stand still: its connections stay open. */
	void pause() {
		signal("STOP");
	}

	void resume() {
		signal("CONT");
	}

	/** Ends it without a word to anybody. */
	void kill() {
		this.journal.died(this.name);
		this.process.destroyForcibly();
		awaitEnd();
	}

	@Override
	public void close() {
		if (this.process.isAlive()) {
			resume();
			tell("stop", "");
			this.commands.close();
			awaitEnd();
		}
		this.log.toFile().delete();
	}

	private void awaitEnd() {
		try {
			if (!this.process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
				throw new AssertionError(failure("does not end", null));
			}
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	private <T> T await(CompletableFuture<T> answer) {
		try {
			return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
		}
		catch (InterruptedException | ExecutionException | TimeoutException ex) {
			throw failure("does not answer", ex);
		}
	}

	private AssertionError failure(String what, Exception cause) {
		String written;
		try {
			written = Files.readString(this.log);
		}
		catch (IOException ex) {
			written = ex.toString();
		}
		return new AssertionError("Node " + this.name + " " + what + ". It has written:\n" + written, cause);
	}

	private void read() {
		try (BufferedReader lines = this.process.inputReader(StandardCharsets.UTF_8)) {
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				heard(line);
			}
		}
		catch (IOException ex) {
			// killed
		}
		IOException gone = new IOException("node " + this.name + " has ended");
		this.ready.completeExceptionally(gone);
		this.answers.values().forEach((answer) -> answer.completeExceptionally(gone));
	}

	private void heard(String line) {
		String[] parts = line.split(" ", 3);
		if (parts[0].equals("READY")) {
			this.ready.complete(null);
		}
		else if (parts[0].equals("ANSWER")) {
			this.answers.get(Integer.parseInt(parts[1])).complete(NodeProcess.decode(parts[2]));
		}
		else if (!NodeProcess.pass(this.name, line, this.journal)) {
			throw new IllegalStateException("Node " + this.name + " says: " + line);
		}
	}

	private void signal(String signal) {
		try {
			int status = new ProcessBuilder("kill", "-" + signal, Long.toString(this.process.pid())).inheritIO()
				.start()
				.waitFor();
			if (status != 0) {
				throw new IllegalStateException("kill -" + signal + " ended with status " + status);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	@Override
	public String toString() {
		return "process " + this.name;
	}

}
