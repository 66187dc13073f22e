package io.dlock.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.dlock.benchmarks.Job.Kind;

/**
 * All scenarios, and the goals in them.
 */
final class Programme {

	private static final List<Entrant> WAITING = List.of(Entrant.DLOCK, Entrant.REDISSON, Entrant.REDISSON_FAIR,
			Entrant.SPRING_SPIN, Entrant.SPRING_PUB_SUB);

	/** A time slice, and two hand-offs of a fifth of a millisecond. */
	private static final double SLICE_AND_TWO_HAND_OFFS = 20.4;

	/** One per cent of 24 GiB. */
	private static final double HARDLY_NOTICED_MEGABYTES = 257;

	private static final List<Entrant> PAIR = List.of(Entrant.DLOCK, Entrant.REDISSON);

	private Programme() {
	}

	static List<Scenario> scenarios() {
		List<Scenario> scenarios = new ArrayList<>(uncontended());
		scenarios.addAll(contended());
		scenarios.addAll(crowds());
		scenarios.addAll(patient());
		scenarios.add(new StartScenario("start", "A Spring Boot application starts",
				List.of(Entrant.BOOT, Entrant.DLOCK, Entrant.DLOCK_ALONE)));
		scenarios.add(new TurnsScenario("memory", "The library alone: locks kept in memory, one thread",
				Job.of(Kind.UNCONTENDED, 1), 1, Ensemble.Kind.SINGLE,
				List.of(Entrant.DLOCK_LOCAL, Entrant.DLOCK_LOCAL_HEARD)));
		return scenarios;
	}

	private static List<Scenario> uncontended() {
		List<Scenario> scenarios = new ArrayList<>();
		scenarios.add(new TurnsScenario("uncontended", "One thread, a lock that nobody else wants",
				Job.of(Kind.UNCONTENDED, 1), 1, Ensemble.Kind.PINNED, List.of(Entrant.DLOCK, Entrant.DLOCK_HEARD,
						Entrant.FLOOR, Entrant.REDISSON, Entrant.SPRING_SPIN, Entrant.SHEDLOCK)));
		if (Threads.areVirtualOnesThere()) {
			scenarios.add(new TurnsScenario("distinct-1000", "1,000 virtual threads, each with a lock of its own",
					new Job(Kind.OWN_KEYS, 1_000, Threads.VIRTUAL), 1, Ensemble.Kind.SINGLE,
					List.of(Entrant.DLOCK, Entrant.FLOOR, Entrant.REDISSON)));
		}
		scenarios
			.add(new TurnsScenario("distinct-64", "64 threads, each with a lock of its own", Job.of(Kind.OWN_KEYS, 64),
					1, Ensemble.Kind.SINGLE, List.of(Entrant.DLOCK, Entrant.FLOOR, Entrant.REDISSON)));
		scenarios.add(new ProfileScenario("profile", "64 threads, each with a lock of its own: what a profile shows",
				Job.of(Kind.PROFILE, 64), List.of(Entrant.DLOCK)));
		return scenarios;
	}

	private static List<Scenario> contended() {
		return List.of(
				new TurnsScenario("threads-8", "8 threads of a JVM, one lock", Job.of(Kind.ONE_KEY, 8), 1,
						Ensemble.Kind.SINGLE, with(PAIR, Entrant.REENTRANT)),
				new TurnsScenario("threads-32", "32 threads of a JVM, one lock", Job.of(Kind.ONE_KEY, 32), 1,
						Ensemble.Kind.SINGLE, with(PAIR, Entrant.REENTRANT)),
				new TurnsScenario("processes-2", "2 processes with 1 thread each, one lock", Job.of(Kind.ONE_KEY, 1), 2,
						Ensemble.Kind.CLUSTER, WAITING),
				new TurnsScenario("processes-4", "4 processes with 1 thread each, one lock", Job.of(Kind.ONE_KEY, 1), 4,
						Ensemble.Kind.CLUSTER, PAIR),
				new TurnsScenario("processes-4x4", "4 processes with 4 threads each, one lock", Job.of(Kind.ONE_KEY, 4),
						4, Ensemble.Kind.CLUSTER, PAIR));
	}

	/**
	 * The same with ten times as many waiters: what is sent for each must not grow.
	 */
	private static List<Scenario> crowds() {
		Threads many = Threads.areVirtualOnesThere() ? Threads.VIRTUAL : Threads.PLATFORM;
		List<Scenario> scenarios = new ArrayList<>();
		for (int each : List.of(167, 1_667)) {
			scenarios.add(new TurnsScenario("crowd-" + 3 * each,
					"%,d waiters in 3 processes, one lock, each once".formatted(3 * each),
					new Job(Kind.EACH_ONCE, each, many), 3, Ensemble.Kind.CLUSTER, List.of(Entrant.DLOCK)));
		}
		return scenarios;
	}

	private static List<Scenario> patient() {
		return List.of(new WaitScenario("waiters-50", "50 threads wait for a lock that is held", 50, PAIR),
				new KeepScenario("keep-10000", "10,000 locks kept alive by one process", 10_000, Duration.ofSeconds(4),
						3, PAIR),
				new KeepScenario("keep-100000", "100,000 locks kept alive by one process", 100_000,
						Duration.ofSeconds(10), 1, List.of(Entrant.DLOCK)),
				new TakeoverScenario("takeover", "The holder is killed, and a waiter takes over", PAIR));
	}

	static List<Goal> goals() {
		List<Goal> goals = new ArrayList<>(uncontendedGoals());
		goals.addAll(contendedGoals());
		goals.addAll(patientGoals());
		goals.add(Goal.atMost("start", Metric.START, Entrant.DLOCK, Entrant.BOOT, 60));
		goals.add(Goal.atMost("start", Metric.START, Entrant.DLOCK_ALONE, Entrant.BOOT, 60));
		return goals;
	}

	private static List<Goal> uncontendedGoals() {
		return List.of(Goal.atMost("uncontended", Metric.LATENCY_P50, Entrant.DLOCK, Entrant.FLOOR, 1.10),
				Goal.atMost("uncontended", Metric.LATENCY_P50, Entrant.DLOCK_HEARD, Entrant.FLOOR, 1.15),
				Goal.atMost("uncontended", Metric.COMMANDS, Entrant.DLOCK, null, 2.01),
				Goal.atLeast("distinct-64", Metric.RATE, Entrant.DLOCK, Entrant.FLOOR, 0.85),
				Goal.atLeast("distinct-1000", Metric.RATE, Entrant.DLOCK, Entrant.FLOOR, 0.85),
				Goal.atMost("profile", Metric.IN_LOGS, Entrant.DLOCK, null, 0));
	}

	private static List<Goal> contendedGoals() {
		List<Goal> goals = new ArrayList<>();
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
		goals.add(Goal.atMost("processes-4x4", Metric.LONGEST_TURN, Entrant.DLOCK, null, SLICE_AND_TWO_HAND_OFFS));
		for (String one : List.of("threads-8", "threads-32", "processes-2", "processes-4", "processes-4x4",
				"crowd-5001")) {
			goals.add(Goal.atMost(one, Metric.OVERLAPS, Entrant.DLOCK, null, 0));
		}
		return goals;
	}

	private static List<Goal> patientGoals() {
		return List.of(Goal.atLeast("crowd-5001", Metric.SERVED, Entrant.DLOCK, null, 5_001),
				Goal.atMost("waiters-50", Metric.COMMANDS_PER_SECOND, Entrant.DLOCK, null, 2.2),
				Goal.atMost("waiters-50", Metric.CLIENT_LOAD, Entrant.DLOCK, Entrant.REDISSON, 1),
				Goal.atMost("keep-10000", Metric.COMMANDS_PER_RENEWAL, Entrant.DLOCK, null, 0.01),
				Goal.atMost("keep-10000", Metric.WORST_SECOND, Entrant.DLOCK, null, 1.5),
				Goal.atMost("keep-10000", Metric.CLIENT_LOAD, Entrant.DLOCK, Entrant.REDISSON, 0.5),
				Goal.atMost("keep-10000", Metric.LOST, Entrant.DLOCK, null, 0),
				Goal.atMost("keep-100000", Metric.LOST, Entrant.DLOCK, null, 0),
				Goal.atMost("keep-100000", Metric.HEAP, Entrant.DLOCK, null, HARDLY_NOTICED_MEGABYTES),
				Goal.atMost("takeover", Metric.PAST_EXPIRY, Entrant.DLOCK, null, 3));
	}

	private static List<Entrant> with(List<Entrant> some, Entrant... more) {
		List<Entrant> all = new ArrayList<>(some);
		all.addAll(List.of(more));
		return all;
	}

}
