package io.dlock.benchmarks;

import java.util.Objects;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;

/**
 * Has JMH measure {@link Uncontended}.
 */
final class UncontendedWork implements Work {

	private static final String ALLOCATED = "gc.alloc.rate.norm";

	UncontendedWork(Contestant contestant) {
		System.setProperty("jmh.ignoreLock", "true");
		Uncontended.use(contestant);
	}

	@Override
	public Figures run(Turn turn) throws Exception {
		turn.awaitStart();
		long before = Uncontended.operations();
		RunResult result = new Runner(new OptionsBuilder().include(Uncontended.class.getName() + ".lockAndUnlock")
			.forks(0)
			.warmupIterations(1)
			.warmupTime(TimeValue.milliseconds(turn.time().toMillis() / 5))
			.measurementIterations(1)
			.measurementTime(TimeValue.milliseconds(turn.time().toMillis()))
			.addProfiler(GCProfiler.class)
			.verbosity(VerboseMode.SILENT)
			.build()).runSingle();
		Statistics times = result.getPrimaryResult().getStatistics();
		return new Figures().with(Metric.OPERATIONS, Uncontended.operations() - before)
			.with(Metric.LATENCY_P50, times.getPercentile(50))
			.with(Metric.LATENCY_P99, times.getPercentile(99))
			.with(Metric.RATE, 1_000_000 / times.getMean())
			.with(Metric.ALLOCATED, Objects.requireNonNull(result.getSecondaryResults().get(ALLOCATED)).getScore());
	}

}
