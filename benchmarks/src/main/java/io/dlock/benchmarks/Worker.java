package io.dlock.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import com.sun.management.OperatingSystemMXBean;

/**
 * A process that takes part: opens one contestant, says that it is ready, takes the jobs
 * that it is given, and works whenever it is told to, until its input ends.
 */
final class Worker {

	static final String READY = "ready ";

	static final String JOB = "job ";

	static final String TAKEN = "taken ";

	static final String DONE = "done ";

	private static final long PATIENCE = 60_000_000_000L;

	private final Entrant entrant;

	private final Participant participant;

	private Work work = (turn) -> {
		throw new IllegalStateException("No job");
	};

	private Worker(Entrant entrant, Participant participant) {
		this.entrant = entrant;
		this.participant = participant;
	}

	/**
	 * Starts the process.
	 * @param args the entrant, the port of Redis, and the TTL of the locks in
	 * milliseconds
	 */
	public static void main(String[] args) throws Exception {
		PrintStream out = System.out;
		// What libraries print is no answer.
		System.setOut(System.err);
		Entrant entrant = Entrant.valueOf(args[0]);
		Setting setting = new Setting(Integer.parseInt(args[1]), Duration.ofMillis(Long.parseLong(args[2])));
		long before = System.nanoTime();
		Participant participant = entrant.open(setting);
		double opened = (System.nanoTime() - before) / 1e6;
		out.println(READY + opened);
		new Worker(entrant, participant).serve(out);
		Runtime.getRuntime().halt(0);
	}

	/**
	 * Some connect in the background, which takes its time where many processes start.
	 */
	private static void awaitConnection(Contestant contestant) throws Exception {
		String key = "ready-" + ProcessHandle.current().pid();
		long deadline = System.nanoTime() + PATIENCE;
		while (true) {
			try {
				contestant.lock(key);
				contestant.unlock(key);
				return;
			}
			catch (RuntimeException ex) {
				if (System.nanoTime() > deadline) {
					throw ex;
				}
			}
		}
	}

	private void serve(PrintStream out) throws Exception {
		try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
			for (String line = in.readLine(); line != null; line = in.readLine()) {
				if (line.startsWith(JOB)) {
					take(Job.parse(line.substring(JOB.length())));
					out.println(TAKEN);
				}
				else {
					out.println(DONE + run(Turn.parse(line)).asLine());
				}
			}
		}
	}

	private void take(Job job) throws Exception {
		Contestant contestant = (Contestant) this.participant;
		awaitConnection(contestant);
		this.work = job.open(contestant, this.entrant);
	}

	private Figures run(Turn turn) throws Exception {
		ThreadMXBean threads = ManagementFactory.getThreadMXBean();
		threads.resetPeakThreadCount();
		double before = cpuMicros();
		Figures figures = this.work.run(turn);
		double used = cpuMicros() - before;
		return figures.with(Metric.CLIENT_CPU, used)
			.with(Metric.THREADS, threads.getPeakThreadCount())
			.with(Metric.HEAP, heapMegabytes());
	}

	private static double cpuMicros() throws IOException {
		OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
		return system.getProcessCpuTime() / 1_000.0;
	}

	/**
	 * What is in use after a collection.
	 */
	static double heapMegabytes() {
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1_000_000.0;
	}

}
