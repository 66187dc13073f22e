package io.dlock.benchmarks;

import java.util.Objects;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * One thread takes a lock that nobody else wants, and gives it back. Run by JMH in the
 * worker's own process, which is a fork already, on the contestant that is opened there.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class Uncontended {

	private static @Nullable Contestant opened;

	private static long operations;

	private final Contestant contestant = Objects.requireNonNull(opened);

	static void use(Contestant toMeasure) {
		opened = toMeasure;
	}

	/**
	 * How often it was done in this process, warm-up included.
	 */
	static long operations() {
		return operations;
	}

	@Benchmark
	public void lockAndUnlock() throws Exception {
		this.contestant.lock("uncontended");
		this.contestant.unlock("uncontended");
		operations++;
	}

}
