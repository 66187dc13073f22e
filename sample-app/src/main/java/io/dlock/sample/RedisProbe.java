package io.dlock.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

import org.jspecify.annotations.Nullable;

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
	 * @throws IOException when nobody answers
	 * @throws FailureAnalyzedException when something answers that cannot be used
	 */
	RedisProcess ask() throws IOException {
		try (Socket socket = new Socket()) {
			socket.setSoTimeout(TIMEOUT_MILLIS);
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.port), TIMEOUT_MILLIS);
			socket.getOutputStream().write("INFO server\r\nQUIT\r\n".getBytes(StandardCharsets.US_ASCII));
			BufferedReader reader = new BufferedReader(
					new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
			String firstLine = reader.readLine();
			if (firstLine == null || !firstLine.startsWith("$")) {
				throw unusable(firstLine);
			}
			Properties info = new Properties();
			info.load(reader);
			return new RedisProcess(this.port, info.getProperty("redis_version", "?"),
					Long.parseLong(info.getProperty("process_id", "0")), info.getProperty("executable", ""));
		}
	}

	private FailureAnalyzedException unusable(@Nullable String answer) {
		return new FailureAnalyzedException(
				"Port %d, where the sample keeps its Redis, belongs to something else: it answered '%s'"
					.formatted(this.port, answer),
				"Set DLOCK_HOST and DLOCK_PORT to a Redis of yours, or SAMPLE_REDIS_PORT to a free port.");
	}

}
