package io.dlock.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Stands between a client and a server, and does to what passes what a bad network does.
 * To be closed by whoever started it.
 */
public final class TcpProxy implements AutoCloseable {

	private final ServerSocket listening;

	private volatile RedisServer server;

	private volatile Direction commands = new Direction();

	private volatile Direction replies = new Direction();

	private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

	/** Clients that have subscribed to something. */
	private final Set<Socket> subscribers = ConcurrentHashMap.newKeySet();

	/** Clients with whose connections nothing is done any more. */
	private final Set<Socket> swallowed = ConcurrentHashMap.newKeySet();

	private volatile boolean refusing;

	private TcpProxy(RedisServer server) throws IOException {
		this.server = server;
		this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		start("accept", this::accept);
	}

	public static TcpProxy to(RedisServer server) {
		try {
			return new TcpProxy(server);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** To where new connections lead. */
	public RedisServer server() {
		return this.server;
	}

	/**
	 * New connections lead to this server; those of now stay what they are.
	 */
	public void leadTo(RedisServer server) {
		this.server = server;
	}

	public int port() {
		return this.listening.getLocalPort();
	}

	/** What the clients send, on all connections since the last {@link #stall}. */
	public Direction commands() {
		return this.commands;
	}

	/** What the server sends, on all connections since the last {@link #stall}. */
	public Direction replies() {
		return this.replies;
	}

	/**
	 * Nothing passes any more, in either direction, and nobody is told: connections stay
	 * open, and new ones are accepted.
	 */
	public void freeze() {
		this.commands.hold();
		this.replies.hold();
	}

	/** What was held passes, and whatever comes. */
	public void pass() {
		this.refusing = false;
		this.commands.pass();
		this.replies.pass();
	}

	/**
	 * Nothing passes any more on the connections of now, for ever, and nobody is told.
	 * New ones pass everything.
	 */
	public void stall() {
		freeze();
		this.commands = new Direction();
		this.replies = new Direction();
	}

	/**
	 * Swallows what passes on the connections of now on which somebody has subscribed to
	 * something, for ever, and tells nobody, not even when the server closes them. New
	 * ones pass everything, and so do the others.
	 */
	public void swallowSubscriptions() {
		this.swallowed.addAll(this.subscribers);
	}

	/**
	 * Closes all connections; what was on its way is lost. New ones pass everything.
	 */
	public void cut() {
		stall();
		this.sockets.forEach(TcpProxy::closeQuietly);
		this.sockets.clear();
	}

	/** Closes all connections, and new ones at once, until {@link #pass}. */
	public void refuse() {
		this.refusing = true;
		cut();
	}

	@Override
	public void close() {
		closeQuietly(this.listening);
		cut();
	}

	private void accept() {
		try {
			while (true) {
				Socket client = this.listening.accept();
				if (this.refusing) {
					closeQuietly(client);
				}
				else {
					connect(client);
				}
			}
		}
		catch (IOException ex) {
			// closed
		}
	}

	private void connect(Socket client) {
		try {
			Socket server = new Socket(InetAddress.getLoopbackAddress(), this.server.port());
			client.setTcpNoDelay(true);
			server.setTcpNoDelay(true);
			this.sockets.add(client);
			this.sockets.add(server);
			Direction there = this.commands;
			Direction back = this.replies;
			start("commands", () -> pump(client, server, client, there));
			start("replies", () -> pump(server, client, client, back));
		}
		catch (IOException ex) {
			closeQuietly(client);
		}
	}

	private void pump(Socket from, Socket to, Socket client, Direction direction) {
		byte[] buffer = new byte[16_384];
		try {
			InputStream in = from.getInputStream();
			OutputStream out = to.getOutputStream();
			for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
				if (from == client && new String(buffer, 0, length, StandardCharsets.US_ASCII).contains("SUBSCRIBE")) {
					this.subscribers.add(client);
				}
				if (direction.admits(from) && !this.swallowed.contains(client)) {
					out.write(buffer, 0, length);
				}
			}
		}
		catch (IOException | InterruptedException ex) {
			// cut, or one of the two has closed
		}
		if (from != client && this.swallowed.contains(client)) {
			return;
		}
		for (Socket each : new Socket[] { from, to }) {
			closeQuietly(each);
			this.sockets.remove(each);
			this.subscribers.remove(each);
		}
	}

	private static void start(String name, Runnable work) {
		Thread thread = new Thread(work, "proxy-" + name);
		thread.setDaemon(true);
		thread.start();
	}

	private static void closeQuietly(AutoCloseable closeable) {
		try {
			closeable.close();
		}
		catch (Exception ex) {
			// it is gone in any case
		}
	}

	/**
	 * One direction of all connections, and what becomes of the bytes in it.
	 */
	public static final class Direction {

		/** Guarded by this, as is everything below. */
		private boolean holds;

		private boolean drops;

		private Duration delay = Duration.ZERO;

		/** Everything waits until {@link TcpProxy#pass} or the end of its connection. */
		public synchronized void hold() {
			this.holds = true;
		}

		/**
		 * Everything is thrown away. No stream goes on after that: only a cut brings new
		 * ones.
		 */
		public synchronized void drop() {
			this.drops = true;
		}

		/** Everything comes later by this time. */
		public synchronized void delay(Duration delay) {
			this.delay = delay;
		}

		private synchronized void pass() {
			if (this.drops) {
				throw new IllegalStateException("Bytes have been dropped: cut before anything passes again");
			}
			this.holds = false;
			this.delay = Duration.ZERO;
			notifyAll();
		}

		/**
		 * Whether bytes may pass that have come in; returns when they may.
		 */
		private boolean admits(Socket from) throws InterruptedException {
			awaitDelay();
			synchronized (this) {
				while (this.holds && !from.isClosed()) {
					wait(TimeUnit.SECONDS.toMillis(1));
				}
				return !this.drops && !from.isClosed();
			}
		}

		private void awaitDelay() {
			long nanos;
			synchronized (this) {
				nanos = this.delay.toNanos();
			}
			long until = System.nanoTime() + nanos;
			for (long left = nanos; left > 0; left = until - System.nanoTime()) {
				LockSupport.parkNanos(this, left);
			}
		}

	}

}
