package io.dlock.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A real redis-server, in a process of its own on a free port of 127.0.0.1, keeping
 * nothing on disk unless told to. To be closed by whoever started it. {@link RedisBinary}
 * says which program runs.
 */
public final class RedisServer implements AutoCloseable {

	private static final String HOST = "127.0.0.1";

	private static final int PATIENCE_MILLIS = 20_000;

	private final ServerProcess process = new ServerProcess();

	private final int port = freePort();

	private final List<String> arguments;

	private RedisServer(List<String> arguments) {
		this.arguments = arguments;
	}

	/**
	 * Starts a server and waits until it answers.
	 * @param extraArgs more arguments, for example {@code "--requirepass", "secret"}
	 * @return the server
	 */
	public static RedisServer start(String... extraArgs) {
		List<String> arguments = new ArrayList<>(List.of("--save", "", "--appendonly", "no"));
		arguments.addAll(List.of(extraArgs));
		RedisServer server = new RedisServer(arguments);
		server.startOrClose();
		return server;
	}

	/**
	 * Starts a sentinel and waits until it answers.
	 * @param configuration the lines of its file
	 * @return the sentinel
	 */
	public static RedisServer startSentinel(String... configuration) {
		RedisServer sentinel = new RedisServer(List.of("--sentinel"));
		try {
			Files.write(sentinel.configuration(), List.of(configuration));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		sentinel.startOrClose();
		return sentinel;
	}

	public String host() {
		return HOST;
	}

	public int port() {
		return this.port;
	}

	/**
	 * Where the server is, as host and port.
	 * @return for example {@code 127.0.0.1:6379}
	 */
	public String address() {
		return HOST + ":" + this.port;
	}

	/** Ends the server at once, without a word to anybody (SIGKILL). */
	public void kill() {
		this.process.kill();
	}

	/** Lets the server stand still: connections stay open, nothing is answered. */
	public void pause() {
		this.process.signal("STOP");
	}

	/** Lets the server go on after {@link #pause()}. */
	public void resume() {
		this.process.signal("CONT");
	}

	/** Kills the server, if it runs, and starts it anew on the same port. */
	public void restart() {
		beginRestart();
		awaitAnswer();
	}

	/** Like {@link #restart}, but does not wait until the server answers. */
	public void beginRestart() {
		this.process.kill();
		launch();
	}

	/**
	 * Sends one command on a connection of its own.
	 * @param command the command's name and arguments
	 * @return the answer as {@code redis-cli} prints it: an element of a list per line
	 * @throws IllegalStateException when Redis refuses the command
	 */
	public String cli(String... command) {
		try (RespClient client = connect(PATIENCE_MILLIS)) {
			return client.ask(command);
		}
		catch (RespClient.RedisError ex) {
			throw new IllegalStateException(ex.getMessage(), ex);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Begins to watch what this server is asked to do.
	 * @return the recorder, to be closed
	 */
	public CommandRecorder record() {
		try {
			return new CommandRecorder(connect(PATIENCE_MILLIS));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Calls back once, at the first message of a channel from now on. */
	void listen(String channel, Runnable onMessage) {
		try {
			RespClient client = connect(PATIENCE_MILLIS);
			client.ask("SUBSCRIBE", channel);
			Thread thread = new Thread(() -> awaitMessage(client, onMessage), "listens-to-" + this.port);
			thread.setDaemon(true);
			thread.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void awaitMessage(RespClient client, Runnable onMessage) {
		try (client) {
			client.read();
			onMessage.run();
		}
		catch (IOException ex) {
			// no message came, or the server has ended
		}
	}

	/** Whether the process runs, paused or not. */
	public boolean isAlive() {
		return this.process.isAlive();
	}

	@Override
	public void close() {
		this.process.close();
	}

	@Override
	public String toString() {
		return "redis-server at " + address();
	}

	private RespClient connect(int timeoutMillis) throws IOException {
		RespClient client = new RespClient(HOST, this.port, timeoutMillis);
		int password = this.arguments.indexOf("--requirepass") + 1;
		if (password > 0) {
			client.ask("AUTH", this.arguments.get(password));
		}
		return client;
	}

	private void startOrClose() {
		try {
			launch();
			awaitAnswer();
		}
		catch (RuntimeException ex) {
			close();
			throw ex;
		}
	}

	private void launch() {
		List<String> command = new ArrayList<>(List.of(RedisBinary.path().toString()));
		if (Files.exists(configuration())) {
			command.add(configuration().toString());
		}
		command.addAll(List.of("--bind", HOST, "--port", Integer.toString(this.port), "--dir",
				this.process.folder().toString()));
		command.addAll(this.arguments);
		this.process.start(command);
	}

	private void awaitAnswer() {
		try {
			Awaitility.await()
				.pollInterval(Duration.ofMillis(5))
				.atMost(Duration.ofMillis(PATIENCE_MILLIS))
				.until(() -> !this.process.isAlive() || answers());
		}
		catch (ConditionTimeoutException ex) {
			throw new IllegalStateException(this + " does not answer. Its output:\n" + this.process.output(), ex);
		}
		if (!this.process.isAlive()) {
			throw new IllegalStateException(this + " did not start. Its output:\n" + this.process.output());
		}
	}

	private boolean answers() {
		try (RespClient client = connect(1_000)) {
			client.ask("PING");
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private Path configuration() {
		return this.process.folder().resolve("sentinel.conf");
	}

	/**
	 * A port that nobody listens on. It is none of those that the system gives to
	 * clients, which might take it while a server starts, or is away; and two JVMs that
	 * look for one at the same time find different ones.
	 */
	public static int freePort() {
		while (true) {
			int port = ThreadLocalRandom.current().nextInt(10_000, 32_000);
			try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
				return socket.getLocalPort();
			}
			catch (BindException ex) {
				// Somebody has it: another one.
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
	}

}
