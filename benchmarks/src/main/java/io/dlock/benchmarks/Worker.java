package io.dlock.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.List;

import com.sun.management.OperatingSystemMXBean;

/**
 * A process that takes part: opens one contestant, says that it is ready, and works
 * whenever it is told to, until its input ends.
 */
final class Worker {

	static final String READY = "ready ";

	static final String DONE = "done ";

	private static final long PATIENCE = 60_000_000_000L;

	private final Work work;

	private Worker(Work work) {
		this.work = work;
	}

	/**
	 * Starts the process.
	 * @param args the entrant, the port of Redis, and the job
	 */
	public static void main(String[] args) throws Exception {
		PrintStream out = System.out;
		// What libraries print is no answer.
		System.setOut(System.err);
		Entrant entrant = Entrant.valueOf(args[0]);
		Job job = Job.parse(List.of(args).subList(2, args.length));
		long before = System.nanoTime();
		Participant participant = entrant.open(new Setting(Integer.parseInt(args[1]), job.ttl()));
		double opened = (System.nanoTime() - before) / 1e6;
		if (participant instanceof Contestant contestant && job.kind() != Job.Kind.START) {
			awaitConnection(contestant);
		}
		out.println(READY + opened);
		new Worker(job.open(participant, entrant)).serve(out);
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
				out.println(DONE + run(Turn.parse(line)).asLine());
			}
		}
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
