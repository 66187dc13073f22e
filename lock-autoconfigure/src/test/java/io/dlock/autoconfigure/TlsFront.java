package io.dlock.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.net.ssl.SSLServerSocket;

import io.dlock.testing.RedisServer;
import io.dlock.testing.TestCertificate;

/**
 * Speaks TLS in front of a Redis server.
 */
class TlsFront implements AutoCloseable {

	private final ServerSocket server;

	private final RedisServer redis;

	private final List<Socket> sockets = new CopyOnWriteArrayList<>();

	private TlsFront(RedisServer redis, ServerSocket server) {
		this.redis = redis;
		this.server = server;
		start(this::acceptAll);
	}

	/**
	 * In front of a server, for everybody.
	 */
	static TlsFront of(RedisServer redis, TestCertificate certificate) throws Exception {
		return new TlsFront(redis, listening(certificate, certificate));
	}

	/**
	 * In front of a server, for those that show a certificate.
	 */
	static TlsFront of(RedisServer redis, TestCertificate certificate, TestCertificate ofClients) throws Exception {
		SSLServerSocket server = listening(certificate, ofClients);
		server.setNeedClientAuth(true);
		return new TlsFront(redis, server);
	}

	private static SSLServerSocket listening(TestCertificate certificate, TestCertificate trusted) throws Exception {
		return (SSLServerSocket) certificate.context(trusted)
			.getServerSocketFactory()
			.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
	}

	int port() {
		return this.server.getLocalPort();
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
	}

	private interface Work {

		void run() throws IOException;

	}

}
