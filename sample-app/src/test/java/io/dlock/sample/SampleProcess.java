package io.dlock.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An instance of the sample as a process of its own, as in a terminal.
 */
final class SampleProcess implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	/** The first is for speed; the others are those that "spring-boot:run" gives. */
	private static final List<String> JVM_ARGUMENTS = List.of("-XX:TieredStopAtLevel=1",
			"-XX:+IgnoreUnrecognizedVMOptions", "--enable-native-access=ALL-UNNAMED",
			"--sun-misc-unsafe-memory-access=allow");

	private final Process process;

	private final List<String> output = new CopyOnWriteArrayList<>();

	private volatile boolean ended;

	private SampleProcess(Process process) {
		this.process = process;
		Thread reader = new Thread(this::read, "output of " + process.pid());
		reader.setDaemon(true);
		reader.start();
	}

	static SampleProcess start(Path folder, String... arguments) {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(JVM_ARGUMENTS);
		command.addAll(List.of("-Djava.io.tmpdir=" + folder, "-classpath", System.getProperty("java.class.path"),
				SampleApplication.class.getName()));
		command.addAll(List.of(arguments));
		try {
			return new SampleProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Waits for a line that has all these words, or for the end of the output.
	 */
	String awaitLine(String... words) {
		await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> says(words) || this.ended);
		assertThat(line(words)).as(() -> "%s in:%n%s".formatted(List.of(words), output())).isPresent();
		return line(words).orElseThrow();
	}

	boolean says(String... words) {
		return line(words).isPresent();
	}

	String output() {
		return String.join(System.lineSeparator(), this.output);
	}

	/**
	 * As {@code kill -9} does.
	 */
	void kill() {
		this.process.toHandle().destroyForcibly();
		this.process.onExit().join();
	}

	/**
	 * As Ctrl-C does: the process may tidy up. Through its handle, because the process
	 * itself would close the stream that its last words come through.
	 */
	void stop() {
		this.process.toHandle().destroy();
	}

	@Override
	public void close() {
		kill();
	}

	private Optional<String> line(String... words) {
		return this.output.stream().filter((line) -> Stream.of(words).allMatch(line::contains)).findFirst();
	}

	private void read() {
		try (BufferedReader reader = this.process.inputReader(StandardCharsets.UTF_8)) {
			reader.lines().forEach(this.output::add);
		}
		catch (IOException | UncheckedIOException ex) {
			this.output.add("(its output ended with " + ex + ")");
		}
		finally {
			this.ended = true;
		}
	}

}
