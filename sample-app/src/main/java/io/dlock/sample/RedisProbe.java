package io.dlock.sample;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

import org.springframework.boot.diagnostics.FailureAnalyzedException;

/**
 * Asks a port of this machine whether a Redis answers there, and which.
 */
final class RedisProbe {

	private static final int TIMEOUT_MILLIS = 2000;

	private final int port;

	RedisProbe(int port) {
		this.port = port;
	}

	/**
	 * Asks.
	 * @return the Redis that answers
	 * @throws IOException when nobody answers, or whoever was there is just going
	 * @throws FailureAnalyzedException when something answers that cannot be used
	 */
	RedisProcess ask() throws IOException {
		try (Socket socket = new Socket()) {
			socket.setSoTimeout(TIMEOUT_MILLIS);
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.port), TIMEOUT_MILLIS);
			socket.getOutputStream().write("INFO server\r\n".getBytes(StandardCharsets.US_ASCII));
			Properties info = new Properties();
			info.load(new StringReader(text(new BufferedInputStream(socket.getInputStream()))));
			return new RedisProcess(this.port, info.getProperty("redis_version", "?"),
					Long.parseLong(info.getProperty("process_id", "0")), info.getProperty("executable", ""));
		}
	}

	/**
	 * Reads a text as Redis sends it: a dollar sign, its length, and the text.
	 */
	private String text(InputStream answer) throws IOException {
		String firstLine = line(answer);
		if (!firstLine.matches("[$][0-9]+")) {
			throw unusable(firstLine);
		}
		return new String(answer.readNBytes(Integer.parseInt(firstLine.substring(1))), StandardCharsets.UTF_8);
	}

	private static String line(InputStream answer) throws IOException {
		StringBuilder line = new StringBuilder();
		for (int next = answer.read(); next >= 0 && next != '\n'; next = answer.read()) {
			line.append((char) next);
		}
		if (line.isEmpty()) {
			throw new EOFException("The connection was closed without an answer: a Redis that stops does that");
		}
		return line.toString().strip();
	}

	private FailureAnalyzedException unusable(String answer) {
		return new FailureAnalyzedException(
				"Port %d, where the sample keeps its Redis, belongs to something else: it answered '%s'"
					.formatted(this.port, answer),
				"Set DLOCK_HOST and DLOCK_PORT to a Redis of yours, or SAMPLE_REDIS_PORT to a free port.");
	}

}
