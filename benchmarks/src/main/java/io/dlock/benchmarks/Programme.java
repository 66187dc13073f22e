package io.dlock.benchmarks;

import java.util.ArrayList;
import java.util.List;

import io.dlock.benchmarks.Job.Kind;

/**
 * All scenarios, and the goals in them.
 */
final class Programme {

	private static final List<Entrant> WAITING = List.of(Entrant.DLOCK, Entrant.REDISSON, Entrant.REDISSON_FAIR,
			Entrant.SPRING_SPIN, Entrant.SPRING_PUB_SUB);

	private static final List<Entrant> STRONG = List.of(Entrant.DLOCK, Entrant.REDISSON, Entrant.REDISSON_FAIR);

	private Programme() {
	}

	static List<Scenario> scenarios() {
		List<Scenario> scenarios = new ArrayList<>();
		scenarios.add(new TurnsScenario("uncontended", "One thread, a lock that nobody else wants",
				Job.of(Kind.UNCONTENDED, 1), 1, true,
				List.of(Entrant.DLOCK, Entrant.DLOCK_HEARD, Entrant.FLOOR, Entrant.REDISSON, Entrant.REDISSON_FAIR,
						Entrant.SPRING_SPIN, Entrant.SPRING_PUB_SUB, Entrant.SHEDLOCK)));
		scenarios.add(new TurnsScenario("distinct-64", "64 threads, each with a lock of its own",
				Job.of(Kind.OWN_KEYS, 64), 1, false, List.of(Entrant.DLOCK, Entrant.FLOOR, Entrant.REDISSON)));
		if (Threads.areVirtualOnesThere()) {
			scenarios.add(new TurnsScenario("distinct-1000", "1,000 virtual threads, each with a lock of its own",
					new Job(Kind.OWN_KEYS, 1_000, Threads.VIRTUAL, Job.DEFAULT_TTL), 1, false,
					List.of(Entrant.DLOCK, Entrant.FLOOR, Entrant.REDISSON)));
		}
		scenarios.add(new TurnsScenario("threads-8", "8 threads of a JVM, one lock", Job.of(Kind.ONE_KEY, 8), 1, false,
				with(WAITING, Entrant.REENTRANT)));
		scenarios.add(new TurnsScenario("threads-32", "32 threads of a JVM, one lock", Job.of(Kind.ONE_KEY, 32), 1,
				false, List.of(Entrant.DLOCK, Entrant.REDISSON, Entrant.REENTRANT)));
		scenarios.add(new TurnsScenario("processes-2", "2 processes with 1 thread each, one lock",
				Job.of(Kind.ONE_KEY, 1), 2, false, WAITING));
		scenarios.add(new TurnsScenario("processes-4", "4 processes with 1 thread each, one lock",
				Job.of(Kind.ONE_KEY, 1), 4, false, STRONG));
		scenarios.add(new TurnsScenario("processes-4x4", "4 processes with 4 threads each, one lock",
				Job.of(Kind.ONE_KEY, 4), 4, false, STRONG));
		return scenarios;
	}

	static List<Goal> goals() {
		List<Goal> goals = new ArrayList<>();
		goals.add(Goal.atMost("uncontended", Metric.LATENCY_P50, Entrant.DLOCK, Entrant.FLOOR, 1.10));
		goals.add(Goal.atMost("uncontended", Metric.LATENCY_P50, Entrant.DLOCK_HEARD, Entrant.FLOOR, 1.15));
		goals.add(Goal.atMost("uncontended", Metric.COMMANDS, Entrant.DLOCK, null, 2.01));
		for (String distinct : List.of("distinct-64", "distinct-1000")) {
			goals.add(Goal.atLeast(distinct, Metric.RATE, Entrant.DLOCK, Entrant.FLOOR, 0.85));
		}
		for (String threads : List.of("threads-8", "threads-32")) {
			goals.add(Goal.atLeast(threads, Metric.HAND_OFFS, Entrant.DLOCK, Entrant.REDISSON, 25));
			goals.add(Goal.atLeast(threads, Metric.HAND_OFFS, Entrant.DLOCK, Entrant.REENTRANT, 0.7));
		}
		for (String processes : List.of("processes-2", "processes-4")) {
			goals.add(Goal.atLeast(processes, Metric.HAND_OFFS, Entrant.DLOCK, Entrant.REDISSON, 6));
			goals.add(Goal.atMost(processes, Metric.HAND_OFF_P50, Entrant.DLOCK, Entrant.REDISSON, 0.4));
			goals.add(Goal.atMost(processes, Metric.COMMANDS, Entrant.DLOCK, null, 2.05));
		}
		goals.add(Goal.atLeast("processes-4x4", Metric.HAND_OFFS, Entrant.DLOCK, Entrant.REDISSON, 60));
		goals.add(Goal.atMost("processes-4x4", Metric.FAIR_THREADS, Entrant.DLOCK, null, 1.3));
		goals.add(Goal.atMost("processes-4x4", Metric.FAIR_PROCESSES, Entrant.DLOCK, null, 1.3));
		for (String one : List.of("threads-8", "threads-32", "processes-2", "processes-4", "processes-4x4")) {
			goals.add(Goal.atMost(one, Metric.OVERLAPS, Entrant.DLOCK, null, 0));
		}
		return goals;
	}

	private static List<Entrant> with(List<Entrant> some, Entrant more) {
		List<Entrant> all = new ArrayList<>(some);
		all.add(more);
		return all;
	}

}
