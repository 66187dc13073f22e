package io.dlock.job;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.dlock.testing.RedisServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Real processes with clocks that differ, and a job every second that takes one of them a
 * millisecond: each tick runs once, whoever dies.
 */
class JobProcessesTests {

	/** As long as the checker runs, but no longer than 300 ticks, or 100 kills. */
	private static final int LONG = (int) Math.min(300, Duration.parse(System.getProperty("soak", "PT1M")).toSeconds());

	private static final List<Integer> CLOCKS = List.of(-400, -130, 140, 400);

	/** So short that the lock of the dead is free soon. */
	private static final String TTL = "900ms";

	private final RedisServer server = RedisServer.start();

	private final List<JobProcess> processes = new ArrayList<>();

	/** Who ran each tick, in order. */
	private final Map<Long, List<JobProcess>> runs = new ConcurrentHashMap<>();

	@AfterEach
	void stop() {
		this.processes.forEach(JobProcess::close);
		this.server.close();
	}

	@Test
	void everyTickRunsOnce() throws Exception {
		everyTickRunsOnce(8);
	}

	@Test
	@Tag("slow")
	void everyTickRunsOnceForLong() throws Exception {
		everyTickRunsOnce(LONG);
	}

	private void everyTickRunsOnce(int ticks) throws Exception {
		startAll(Duration.ofMillis(1), "10s");
		int before = this.runs.size();
		Awaitility.await().atMost(ticks + 60L, TimeUnit.SECONDS).until(() -> this.runs.size() >= before + ticks);
		Map<Long, List<JobProcess>> told = new TreeMap<>(this.runs);
		Set<Long> twice = told.entrySet()
			.stream()
			.filter((tick) -> tick.getValue().size() > 1)
			.map(Map.Entry::getKey)
			.collect(Collectors.toSet());
		long first = told.keySet().iterator().next();
		long last = first + (told.size() - 1) * 1000L;
		System.out.printf("%d ticks, %d of them twice, in %d processes, clocks of %s%n", told.size(), twice.size(),
				told.values().stream().flatMap(List::stream).distinct().count(),
				JobProcess.isClockOfProcessFaked() ? "the processes" : "the schedulers");
		assertThat(twice).isEmpty();
		assertThat(told).as("no tick is left out").containsKey(last);
	}

	@Test
	void laterTicksRunElsewhereWhenARunIsKilled() throws Exception {
		killRuns(3);
	}

	@Test
	@Tag("slow")
	void laterTicksRunElsewhereWhenManyRunsAreKilled() throws Exception {
		killRuns(LONG / 3);
	}

	/**
	 * The one whose turn it is dies in the middle of the run: that tick is over, and
	 * another process runs the first one that comes after the TTL of the dead one's lock.
	 * Which one that is depends on how late the run had begun; how it went is printed.
	 */
	private void killRuns(int times) throws Exception {
		startAll(Duration.ofMillis(300), TTL);
		List<Long> later = new ArrayList<>();
		for (int i = 0; i < times; i++) {
			int known = this.runs.size();
			Awaitility.await()
				.pollInterval(2, TimeUnit.MILLISECONDS)
				.atMost(60, TimeUnit.SECONDS)
				.until(() -> this.runs.size() > known);
			long tick = new TreeMap<>(this.runs).lastKey();
			JobProcess killed = this.runs.get(tick).get(0);
			killed.kill();
			this.processes.remove(killed);
			JobProcess fresh = start(CLOCKS.get(i % CLOCKS.size()), Duration.ofMillis(300), TTL);
			Awaitility.await()
				.pollInterval(2, TimeUnit.MILLISECONDS)
				.atMost(60, TimeUnit.SECONDS)
				.until(() -> new TreeMap<>(this.runs).lastKey() > tick);
			long next = new TreeMap<>(this.runs).higherKey(tick);
			later.add((next - tick) / 1000);
			assertThat(this.runs.get(next)).doesNotContain(killed);
			fresh.awaitReady();
		}
		assertThat(this.runs.values()).allMatch((by) -> by.size() == 1);
		Collections.sort(later);
		System.out.printf(
				"%d runs killed, %d ticks, none of them twice; another ran %d ticks later (median), %d at worst%n",
				times, this.runs.size(), later.get(times / 2), later.get(times - 1));
	}

	private void startAll(Duration work, String ttl) throws InterruptedException {
		for (int clock : CLOCKS) {
			start(clock, work, ttl);
		}
		for (JobProcess process : this.processes) {
			process.awaitReady();
		}
		this.runs.clear();
	}

	private JobProcess start(int ahead, Duration work, String ttl) {
		JobProcess process = JobProcess.start(this.server, Duration.ofMillis(ahead), work, ttl, this::ran);
		this.processes.add(process);
		return process;
	}

	/** A tick is known together with who ran it, not before. */
	private void ran(JobProcess by, long tick) {
		this.runs.compute(tick, (key, known) -> {
			List<JobProcess> all = (known != null) ? known : new CopyOnWriteArrayList<>();
			all.add(by);
			return all;
		});
	}

}
