package io.dlock.benchmarks;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * All holds of a turn, as the threads of all processes have written them down.
 */
final class Holds {

	private final List<Hold> all = new ArrayList<>();

	private final List<Integer> processOfThread = new ArrayList<>();

	private final Turn turn;

	private Holds(Turn turn) {
		this.turn = turn;
	}

	/**
	 * Reads what the processes have written.
	 * @param turn when they worked
	 * @param records a file of each process
	 */
	static Holds read(Turn turn, List<Path> records) throws IOException {
		Holds holds = new Holds(turn);
		for (int process = 0; process < records.size(); process++) {
			holds.readProcess(process, records.get(process));
		}
		holds.all.sort(Comparator.comparingLong(Hold::begun));
		return holds;
	}

	private void readProcess(int process, Path file) throws IOException {
		try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
			while (in.available() > 0) {
				int thread = this.processOfThread.size();
				this.processOfThread.add(process);
				byte[] bytes = new byte[(int) in.readLong() * Long.BYTES];
				in.readFully(bytes);
				LongBuffer times = ByteBuffer.wrap(bytes).asLongBuffer();
				while (times.hasRemaining()) {
					this.all.add(new Hold(thread, process, times.get(), times.get(), times.get(), times.get()));
				}
			}
		}
	}

	/**
	 * How often the lock was had, the last ones after the end of the turn included.
	 */
	int number() {
		return this.all.size();
	}

	/**
	 * Of locks that nobody else wants: how long it took to take one and give it back.
	 */
	Figures asLatencies() {
		long[] times = this.all.stream().mapToLong((hold) -> hold.done() - hold.asked()).sorted().toArray();
		return rate().with(Metric.LATENCY_P50, percentile(times, 50) / 1_000)
			.with(Metric.LATENCY_P99, percentile(times, 99) / 1_000)
			.with(Metric.FAIR_THREADS, fairness(this.processOfThread.size(), Hold::thread));
	}

	/**
	 * Of one lock that all want.
	 */
	Figures asHandOffs() {
		int processes = this.processOfThread.stream().mapToInt(Integer::intValue).max().orElse(0) + 1;
		long longest = this.all.stream().mapToLong(Hold::waited).max().orElse(0);
		Figures figures = rate().with(Metric.OVERLAPS, overlaps())
			.with(Metric.FAIR_THREADS, fairness(this.processOfThread.size(), Hold::thread))
			.with(Metric.LONGEST_WAIT, longest / 1e6);
		if (processes > 1) {
			figures.with(Metric.FAIR_PROCESSES, fairness(processes, Hold::process))
				.with(Metric.LONGEST_TURN, longestTurn(processes) / 1e6);
		}
		return figures.withAll(handOffs());
	}

	/**
	 * Of one lock that all want once.
	 */
	Figures asCrowd() {
		long longest = this.all.stream().mapToLong(Hold::waited).max().orElse(0);
		long last = this.all.stream().mapToLong(Hold::done).max().orElse(0);
		double seconds = (last - this.turn.startAt()) / 1e9;
		return new Figures().with(Metric.OPERATIONS, number())
			.with(Metric.RATE, number() / seconds)
			.with(Metric.SECONDS, seconds)
			.with(Metric.LONGEST_WAIT, longest / 1e6)
			.with(Metric.OVERLAPS, overlaps());
	}

	/**
	 * Of whatever was locked.
	 */
	Figures rate() {
		long inTime = this.all.stream().filter(this::isInTime).count();
		return new Figures().with(Metric.OPERATIONS, number())
			.with(Metric.RATE, inTime / (this.turn.time().toNanos() / 1e9));
	}

	/**
	 * A hand-off leads to another thread, and counts from the end of one hold to the
	 * begin of the next where that one was waited for.
	 */
	private Figures handOffs() {
		long number = 0;
		List<Long> times = new ArrayList<>();
		for (int i = 1; i < this.all.size(); i++) {
			Hold former = this.all.get(i - 1);
			Hold next = this.all.get(i);
			if (former.thread() != next.thread()) {
				number += isInTime(next) ? 1 : 0;
				if (next.asked() < former.ended()) {
					times.add(next.begun() - former.ended());
				}
			}
		}
		long[] sorted = times.stream().mapToLong(Long::longValue).sorted().toArray();
		return new Figures().with(Metric.HAND_OFFS, number / (this.turn.time().toNanos() / 1e9))
			.with(Metric.HAND_OFF_P50, percentile(sorted, 50) / 1_000)
			.with(Metric.HAND_OFF_P99, percentile(sorted, 99) / 1_000);
	}

	private long overlaps() {
		long overlaps = 0;
		long ended = Long.MIN_VALUE;
		for (Hold hold : this.all) {
			overlaps += (hold.begun() < ended) ? 1 : 0;
			ended = Math.max(ended, hold.ended());
		}
		return overlaps;
	}

	private double fairness(int parties, ToIntFunction<Hold> party) {
		long[] had = new long[parties];
		this.all.stream().filter(this::isInTime).forEach((hold) -> had[party.applyAsInt(hold)]++);
		long most = Arrays.stream(had).max().orElse(0);
		long least = Arrays.stream(had).min().orElse(0);
		return (double) most / least;
	}

	/**
	 * The longest time in which a process that wanted the lock did not have it at all.
	 */
	private long longestTurn(int processes) {
		long[] since = new long[processes];
		Arrays.fill(since, this.turn.startAt());
		long longest = 0;
		for (Hold hold : this.all) {
			longest = Math.max(longest, hold.begun() - since[hold.process()]);
			since[hold.process()] = hold.ended();
		}
		return longest;
	}

	private boolean isInTime(Hold hold) {
		return hold.begun() - this.turn.startAt() < this.turn.time().toNanos();
	}

	static double percentile(long[] sorted, double percent) {
		if (sorted.length == 0) {
			return Double.NaN;
		}
		return sorted[(int) Math.min(sorted.length - 1L, Math.round(sorted.length * percent / 100))];
	}

	private record Hold(int thread, int process, long asked, long begun, long ended, long done) {

		long waited() {
			return this.begun - this.asked;
		}

	}

}
