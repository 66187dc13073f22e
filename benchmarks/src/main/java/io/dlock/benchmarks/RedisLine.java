package io.dlock.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A connection that speaks Redis' inline commands, and reads simple and bulk replies.
 */
final class RedisLine implements AutoCloseable {

	private static final int PATIENCE_MILLIS = 60_000;

	private final Socket socket;

	private final BufferedReader in;

	RedisLine(int port) throws IOException {
		this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
		this.socket.setSoTimeout(PATIENCE_MILLIS);
		// One byte is one character: then a length in bytes is one in characters.
		this.in = new BufferedReader(new InputStreamReader(this.socket.getInputStream(), StandardCharsets.ISO_8859_1));
	}

	String ask(String command) throws IOException {
		send(command);
		String head = read();
		return switch (head.charAt(0)) {
			case '+', ':' -> head.substring(1);
			case '$' -> bulk(Integer.parseInt(head.substring(1)));
			default -> throw new IOException(command + " was answered with " + head);
		};
	}

	void send(String command) throws IOException {
		this.socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
	}

	String read() throws IOException {
		String line = this.in.readLine();
		if (line == null) {
			throw new IOException("Redis has closed the connection");
		}
		return line;
	}

	private String bulk(int length) throws IOException {
		if (length < 0) {
			return "";
		}
		char[] text = new char[length + 2];
		int read = 0;
		while (read < text.length) {
			int more = this.in.read(text, read, text.length - read);
			if (more < 0) {
				throw new IOException("Redis has closed the connection");
			}
			read += more;
		}
		return new String(text, 0, length);
	}

	/**
	 * A number from what INFO answers.
	 */
	static double field(String info, String name) {
		Matcher found = Pattern.compile("^" + Pattern.quote(name) + ":([0-9.]+)", Pattern.MULTILINE).matcher(info);
		if (!found.find()) {
			throw new IllegalArgumentException("INFO has no " + name);
		}
		return Double.parseDouble(found.group(1));
	}

	/**
	 * How often a command was called, from what INFO commandstats answers.
	 */
	static double calls(String info, String command) {
		Matcher found = Pattern.compile("^cmdstat_" + command + ":calls=([0-9]+)", Pattern.MULTILINE).matcher(info);
		return found.find() ? Double.parseDouble(found.group(1)) : 0;
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
