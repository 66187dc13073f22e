package io.dlock.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A redis-server of the benchmark's own, which keeps nothing on disk.
 */
final class Redis implements AutoCloseable {

	private final int port;

	private final Process process;

	private Redis(int port, Process process) {
		this.port = port;
		this.process = process;
	}

	/**
	 * Starts a server and waits until it answers.
	 * @param program the redis-server
	 * @param folder where its log goes
	 * @param prefix what the command line begins with, such as {@code taskset}
	 */
	static Redis start(Path program, Path folder, List<String> prefix) throws IOException, InterruptedException {
		int port = freePort();
		List<String> command = new ArrayList<>(prefix);
		command.addAll(List.of(program.toString(), "--bind", Setting.HOST, "--port", Integer.toString(port), "--save",
				"", "--appendonly", "no", "--dir", folder.toString()));
		Process process = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(folder.resolve("redis-" + port + ".log").toFile())
			.start();
		Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
		Redis redis = new Redis(port, process);
		redis.awaitAnswer();
		return redis;
	}

	int port() {
		return this.port;
	}

	/**
	 * Sends one command on a connection of its own.
	 */
	String ask(String command) throws IOException {
		try (RedisLine line = new RedisLine(this.port)) {
			return line.ask(command);
		}
	}

	/**
	 * Processor time that the server has used, in seconds.
	 */
	double cpuSeconds() throws IOException {
		String info = ask("INFO cpu");
		return RedisLine.field(info, "used_cpu_sys") + RedisLine.field(info, "used_cpu_user");
	}

	/**
	 * Begins to count what clients send.
	 */
	CommandCount count() throws IOException {
		return new CommandCount(new RedisLine(this.port));
	}

	private void awaitAnswer() throws IOException, InterruptedException {
		long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
		while (true) {
			try {
				ask("PING");
				return;
			}
			catch (IOException ex) {
				if (!this.process.isAlive() || System.nanoTime() > deadline) {
					throw ex;
				}
				TimeUnit.MILLISECONDS.sleep(10);
			}
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
