package io.dlock.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Counts the scripts that are run, second by second: all that is sent meanwhile.
 */
final class ScriptCount {

	private final Redis redis;

	private final List<Double> seconds = new ArrayList<>();

	private final Thread thread = new Thread(this::run, "count");

	private volatile boolean over;

	ScriptCount(Redis redis) {
		this.redis = redis;
	}

	void start() {
		this.thread.start();
	}

	private void run() {
		try (RedisLine line = new RedisLine(this.redis.port())) {
			double before = scripts(line);
			long at = System.nanoTime();
			while (!this.over) {
				at += TimeUnit.SECONDS.toNanos(1);
				TimeUnit.NANOSECONDS.sleep(at - System.nanoTime());
				double now = scripts(line);
				this.seconds.add(now - before);
				before = now;
			}
		}
		catch (IOException | InterruptedException ex) {
			this.seconds.clear();
		}
	}

	private static double scripts(RedisLine line) throws IOException {
		String info = line.ask("INFO commandstats");
		return RedisLine.calls(info, "evalsha") + RedisLine.calls(info, "eval");
	}

	void end() throws InterruptedException {
		this.over = true;
		this.thread.join();
		if (this.seconds.isEmpty()) {
			throw new IllegalStateException("The scripts could not be counted");
		}
	}

	double mean() {
		return this.seconds.stream().mapToDouble(Double::doubleValue).sum() / this.seconds.size();
	}

	double worst() {
		return this.seconds.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
	}

}
