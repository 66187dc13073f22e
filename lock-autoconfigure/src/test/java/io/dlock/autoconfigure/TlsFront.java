package io.dlock.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

import io.dlock.testing.RedisServer;

import org.springframework.util.FileSystemUtils;

/**
 * Speaks TLS in front of a Redis server, with a certificate of its own for
 * {@code localhost}.
 */
class TlsFront implements AutoCloseable {

	private static final String PASSWORD = "changeit";

	private final Path directory;

	private final ServerSocket server;

	private final RedisServer redis;

	private final List<Socket> sockets = new CopyOnWriteArrayList<>();

	TlsFront(RedisServer redis) throws Exception {
		this.redis = redis;
		this.directory = Files.createTempDirectory("dlock-tls");
		run("-genkeypair", "-alias", "redis", "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "san=dns:localhost");
		this.server = context().getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
		start(this::acceptAll);
	}

	int port() {
		return this.server.getLocalPort();
	}

	/**
	 * The store with the certificate, to trust in.
	 * @return its file
	 */
	Path store() {
		return this.directory.resolve("store.p12");
	}

	private void run(String... arguments) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
		command.addAll(List.of(arguments));
		command.addAll(List.of("-keystore", store().toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
		if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
			throw new IllegalStateException("keytool failed: " + command);
		}
	}

	private SSLContext context() throws Exception {
		KeyStore store = KeyStore.getInstance(store().toFile(), PASSWORD.toCharArray());
		KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
		keys.init(store, PASSWORD.toCharArray());
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(keys.getKeyManagers(), null, null);
		return context;
	}

	private void acceptAll() throws IOException {
		while (true) {
			Socket client = this.server.accept();
			Socket backend = new Socket(this.redis.host(), this.redis.port());
			this.sockets.addAll(List.of(client, backend));
			start(() -> copy(client, backend));
			start(() -> copy(backend, client));
		}
	}

	private static void copy(Socket from, Socket to) throws IOException {
		try (from; to) {
			InputStream input = from.getInputStream();
			OutputStream output = to.getOutputStream();
			byte[] buffer = new byte[8192];
			for (int read = input.read(buffer); read >= 0; read = input.read(buffer)) {
				output.write(buffer, 0, read);
				output.flush();
			}
		}
	}

	/**
	 * Runs something until it ends with its sockets.
	 */
	private static void start(Work work) {
		Thread thread = new Thread(() -> {
			try {
				work.run();
			}
			catch (IOException ex) {
				// A socket was closed.
			}
		}, "tls-front");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() throws IOException {
		this.server.close();
		for (Socket socket : this.sockets) {
			socket.close();
		}
		FileSystemUtils.deleteRecursively(this.directory);
	}

	private interface Work {

		void run() throws IOException;

	}

}
