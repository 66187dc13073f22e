package io.dlock.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.awaitility.Awaitility;

/**
 * What a {@link RedisServer} is asked to do by its clients, and what scripts do inside,
 * by {@code MONITOR}. The commands of the recorder's own are left out.
 */
public final class CommandRecorder implements AutoCloseable {

	private static final String END = "dlock-test-end-of-record";

	private final RespClient client;

	private final List<String> lines = new CopyOnWriteArrayList<>();

	CommandRecorder(RespClient client) throws IOException {
		this.client = client;
		client.ask("MONITOR");
		Thread reader = new Thread(this::read, "command-recorder");
		reader.setDaemon(true);
		reader.start();
	}

	/**
	 * The commands so far, when the server has handled everything that was sent before.
	 * @param server the server that is recorded
	 * @return a line per command, as {@code MONITOR} writes it
	 */
	public List<String> commands(RedisServer server) {
		return lines(server).stream().filter((line) -> !isOfScript(line)).toList();
	}

	/**
	 * What scripts have done so far, when the server has handled everything that was sent
	 * before.
	 * @param server the server that is recorded
	 * @return the name of each command
	 */
	public List<String> commandsInScripts(RedisServer server) {
		return lines(server).stream()
			.filter(CommandRecorder::isOfScript)
			.map((line) -> line.split("\"", -1)[1])
			.toList();
	}

	private static boolean isOfScript(String line) {
		return line.contains(" lua] ");
	}

	private List<String> lines(RedisServer server) {
		long ends = this.lines.stream().filter((line) -> line.contains(END)).count();
		server.cli("ECHO", END);
		Awaitility.await().until(() -> this.lines.stream().filter((line) -> line.contains(END)).count() > ends);
		return this.lines.stream().filter((line) -> !line.contains(END)).toList();
	}

	@Override
	public void close() {
		try {
			this.client.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void read() {
		try {
			while (true) {
				this.lines.add(this.client.read());
			}
		}
		catch (SocketException ex) {
			// closed: the recording is over
		}
		catch (IOException ex) {
			this.lines.add("the recording broke: " + ex);
		}
	}

}
