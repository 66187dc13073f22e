package io.dlock.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One plain connection to a Redis, in few lines: so that what the tests look at does not
 * pass through the client library that is tested. Answers come as text the way
 * {@code redis-cli} prints them raw: an element of a list per line, nothing as the empty
 * text.
 */
public final class RespClient implements AutoCloseable {

	private final Socket socket = new Socket();

	private final InputStream in;

	public RespClient(String host, int port, int timeoutMillis) throws IOException {
		try {
			this.socket.connect(new InetSocketAddress(host, port), timeoutMillis);
			this.socket.setSoTimeout(timeoutMillis);
			this.in = new BufferedInputStream(this.socket.getInputStream());
		}
		catch (IOException ex) {
			this.socket.close();
			throw ex;
		}
	}

	public String ask(String... command) throws IOException {
		send(command);
		return read();
	}

	void send(String... command) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		bytes.writeBytes(ascii("*" + command.length + "\r\n"));
		for (String part : command) {
			byte[] content = part.getBytes(StandardCharsets.UTF_8);
			bytes.writeBytes(ascii("$" + content.length + "\r\n"));
			bytes.writeBytes(content);
			bytes.writeBytes(ascii("\r\n"));
		}
		this.socket.getOutputStream().write(bytes.toByteArray());
	}

	String read() throws IOException {
		String header = readLine();
		String rest = header.substring(1);
		return switch (header.charAt(0)) {
			case '+', ':' -> rest;
			case '-' -> throw new RedisError(rest);
			case '$' -> readBulk(Integer.parseInt(rest));
			case '*' -> readList(Integer.parseInt(rest));
			default -> throw new IOException("Not an answer of Redis: " + header);
		};
	}

	private String readBulk(int length) throws IOException {
		if (length < 0) {
			return "";
		}
		byte[] content = this.in.readNBytes(length);
		readLine();
		return new String(content, StandardCharsets.UTF_8);
	}

	private String readList(int size) throws IOException {
		List<String> elements = new ArrayList<>();
		for (int i = 0; i < size; i++) {
			elements.add(read());
		}
		return String.join("\n", elements);
	}

	private String readLine() throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		for (int next = this.in.read(); next != '\n'; next = this.in.read()) {
			if (next < 0) {
				throw new EOFException("Redis has closed the connection");
			}
			line.write(next);
		}
		return line.toString(StandardCharsets.UTF_8).stripTrailing();
	}

	private static byte[] ascii(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

	/** Redis refused a command. */
	static final class RedisError extends IOException {

		private static final long serialVersionUID = 1L;

		RedisError(String message) {
			super(message);
		}

	}

}
