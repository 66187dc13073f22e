package io.dlock.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

import io.dlock.testing.RedisServer;
import io.dlock.testing.RespClient;
import org.jspecify.annotations.Nullable;

/**
 * The runs of jobs, in the order of their begin.
 */
final class Runs {

	private final String host;

	private final int port;

	private final List<Run> runs = new CopyOnWriteArrayList<>();

	Runs(RedisServer server) {
		this(server.host(), server.port());
	}

	Runs(String host, int port) {
		this.host = host;
		this.port = port;
	}

	/**
	 * A job runs, under its lock, on this thread.
	 */
	void add(String job) {
		add(job, CurrentJob.lease().key());
	}

	/**
	 * A job runs in mode leader: the last tick that was taken is its own.
	 */
	void addLed(String job) {
		String ticks = redis("HGETALL", "dlock:{" + job + "}:job");
		List<String> lines = ticks.lines().toList();
		int cron = lines.indexOf("cron * * * * * *");
		this.runs.add(new Run(job, System.nanoTime(), lines.get(cron) + " @ " + lines.get(cron + 1).split(" ", 2)[0]));
	}

	/**
	 * A job runs under a lock. Which tick it runs for is read from Redis: nobody else can
	 * take one now.
	 */
	void add(String job, String key) {
		long at = System.nanoTime();
		String ticks = redis("HGETALL", "dlock:{" + key + "}:job");
		List<String> lines = ticks.lines().toList();
		String tick = null;
		String holder = redis("GET", "dlock:{" + key + "}");
		for (int i = 0; i + 1 < lines.size(); i += 2) {
			String[] taken = lines.get(i + 1).split(" ", 2);
			if (!lines.get(i).equals("owed") && taken.length == 2 && holder.startsWith(taken[1] + " ")) {
				tick = lines.get(i) + " @ " + taken[0];
			}
		}
		this.runs.add(new Run(job, at, tick));
	}

	private String redis(String... command) {
		try (RespClient client = new RespClient(this.host, this.port, 20_000)) {
			return client.ask(command);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	List<Run> all() {
		return this.runs;
	}

	List<Run> of(String job) {
		return this.runs.stream().filter((run) -> run.job().equals(job)).toList();
	}

	/**
	 * How often each tick ran.
	 */
	Map<String, Long> ticks(String job) {
		return of(job).stream()
			.collect(Collectors.groupingBy((run) -> String.valueOf(run.tick()), Collectors.counting()));
	}

	/**
	 * One run.
	 *
	 * @param job which
	 * @param at when it began
	 * @param tick which schedule and which tick of it, or null for a call by hand
	 */
	record Run(String job, long at, @Nullable String tick) {
	}

}
