package io.dlock.soak;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What the locks protect: it remembers the greatest token for each key, and refuses
 * smaller ones. Whoever connects sends {@code <key number> <token>} in a line and gets
 * {@code ok} or {@code stale}.
 */
final class ProtectedResource implements AutoCloseable {

	private final ServerSocket server;

	private final ConcurrentMap<String, Long> greatest = new ConcurrentHashMap<>();

	ProtectedResource() throws IOException {
		this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		start(this::accept);
	}

	int port() {
		return this.server.getLocalPort();
	}

	private boolean write(String key, long token) {
		AtomicBoolean accepted = new AtomicBoolean();
		this.greatest.compute(key, (same, last) -> {
			accepted.set(last == null || token >= last);
			return accepted.get() ? (Long) token : last;
		});
		return accepted.get();
	}

	private void accept() {
		try {
			while (true) {
				Socket client = this.server.accept();
				start(() -> serve(client));
			}
		}
		catch (IOException ex) {
			// closed: the end
		}
	}

	private void serve(Socket client) {
		try (client;
				BufferedReader lines = new BufferedReader(
						new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
				OutputStream out = client.getOutputStream()) {
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				String[] parts = line.split(" ", 2);
				boolean accepted = write(parts[0], Long.parseLong(parts[1]));
				out.write((accepted ? "ok\n" : "stale\n").getBytes(StandardCharsets.US_ASCII));
			}
		}
		catch (IOException ex) {
			// the client was killed
		}
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "protected-resource");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() {
		try {
			this.server.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * A worker's connection to the resource.
	 */
	static final class Client implements AutoCloseable {

		private final Socket socket;

		private final BufferedReader answers;

		Client(int port) throws IOException {
			this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
			this.socket.setTcpNoDelay(true);
			this.answers = new BufferedReader(
					new InputStreamReader(this.socket.getInputStream(), StandardCharsets.US_ASCII));
		}

		boolean write(int key, long token) throws IOException {
			this.socket.getOutputStream().write((key + " " + token + "\n").getBytes(StandardCharsets.US_ASCII));
			String answer = this.answers.readLine();
			if (!"ok".equals(answer) && !"stale".equals(answer)) {
				throw new IOException("The resource has answered " + answer);
			}
			return answer.equals("ok");
		}

		@Override
		public void close() throws IOException {
			this.socket.close();
		}

	}

}
