package io.dlock.benchmarks;

import java.io.IOException;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * Counts what clients send, by MONITOR, which tells it from what scripts do inside Redis
 * (INFO does not). The benchmark's own INFO is left out. MONITOR slows Redis down, so
 * nothing is timed meanwhile.
 */
final class CommandCount {

	private final RedisLine line;

	private final String end = UUID.randomUUID().toString();

	private final Thread reading = new Thread(this::read, "count");

	private volatile @Nullable IOException failure;

	private volatile long sent;

	private volatile long inScripts;

	CommandCount(RedisLine line) throws IOException {
		this.line = line;
		line.ask("MONITOR");
		this.reading.setDaemon(true);
		this.reading.start();
	}

	private void read() {
		try (this.line) {
			long sentSoFar = 0;
			long inScriptsSoFar = 0;
			for (String next = this.line.read(); !next.contains(this.end); next = this.line.read()) {
				if (next.contains(" lua] ")) {
					inScriptsSoFar++;
				}
				else if (!next.contains("] \"INFO\"")) {
					sentSoFar++;
				}
			}
			this.sent = sentSoFar;
			this.inScripts = inScriptsSoFar;
		}
		catch (IOException ex) {
			this.failure = ex;
		}
	}

	/**
	 * Ends the counting.
	 * @param redis the server that is watched
	 */
	void end(Redis redis) throws IOException, InterruptedException {
		redis.ask("ECHO " + this.end);
		this.reading.join();
		IOException failed = this.failure;
		if (failed != null) {
			throw failed;
		}
	}

	long sent() {
		return this.sent;
	}

	long inScripts() {
		return this.inScripts;
	}

}
