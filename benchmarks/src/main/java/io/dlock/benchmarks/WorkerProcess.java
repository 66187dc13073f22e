package io.dlock.benchmarks;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.dlock.LockRegistry;

/**
 * A worker as its parent sees it.
 */
final class WorkerProcess {

	private static final List<String> JVM_OPTIONS = List.of("-Xmx2g", "-Xlog:disable",
			"-XX:+IgnoreUnrecognizedVMOptions", "--enable-native-access=ALL-UNNAMED",
			"--sun-misc-unsafe-memory-access=allow", "-Dio.netty.tryReflectionSetAccessible=false");

	private final Process process;

	private final Path log;

	private final BufferedReader in;

	private final Writer out;

	private WorkerProcess(Process process, Path log) {
		this.process = process;
		this.log = log;
		this.in = process.inputReader(StandardCharsets.UTF_8);
		this.out = process.outputWriter(StandardCharsets.UTF_8);
	}

	/**
	 * Starts a process, and does not wait for it.
	 */
	static WorkerProcess start(Entrant entrant, Duration ttl, Stage stage) throws IOException {
		List<String> command = new ArrayList<>(stage.clientPin());
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(JVM_OPTIONS);
		command.addAll(List.of("-cp", classPath(entrant), Worker.class.getName(), entrant.name(),
				Integer.toString(stage.redis().port()), Long.toString(ttl.toMillis())));
		Path log = Files.createTempFile(stage.folder(), entrant.name() + "-", ".log");
		Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
		Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
		return new WorkerProcess(process, log);
	}

	/**
	 * Spring Boot loads what stands on the class path, whether or not it is switched off.
	 */
	private static String classPath(Entrant entrant) {
		String all = System.getProperty("java.class.path");
		if (entrant != Entrant.BOOT) {
			return all;
		}
		Path dlock = Path.of(LockRegistry.class.getProtectionDomain().getCodeSource().getLocation().getPath());
		return Stream.of(all.split(File.pathSeparator, -1))
			.filter((entry) -> !Path.of(entry).toAbsolutePath().equals(dlock))
			.collect(Collectors.joining(File.pathSeparator));
	}

	/**
	 * Waits for the contestant to be open.
	 * @return how long the opening took, in milliseconds
	 */
	double awaitReady() throws IOException {
		return Double.parseDouble(expect(Worker.READY));
	}

	/** Gives it something to do in its turns, and does not wait until it can. */
	void give(Job job) throws IOException {
		write(Worker.JOB + job.asLine());
	}

	void awaitTaken() throws IOException {
		expect(Worker.TAKEN);
	}

	/** Tells it to work, and does not wait for the end. */
	void begin(Turn turn) throws IOException {
		write(turn.asLine());
	}

	Figures awaitDone() throws IOException {
		return Figures.parse(expect(Worker.DONE));
	}

	private void write(String line) throws IOException {
		this.out.write(line + "\n");
		this.out.flush();
	}

	private String expect(String head) throws IOException {
		String line = this.in.readLine();
		if (line == null || !line.startsWith(head)) {
			throw new IOException("A worker has failed (" + line + "):\n" + Files.readString(this.log));
		}
		return line.substring(head.length());
	}

	/** Ends the process at once, without a word to anybody (SIGKILL). */
	void kill() {
		this.process.destroyForcibly();
	}

}
