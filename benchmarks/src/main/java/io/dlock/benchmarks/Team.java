package io.dlock.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * The processes of one contestant, which work in the same turns.
 */
final class Team implements AutoCloseable {

	/** For the word to reach all processes, and for their threads to start. */
	private static final long HEAD_START = TimeUnit.MILLISECONDS.toNanos(100);

	private final Entrant entrant;

	private final Duration ttl;

	private final Stage stage;

	private final List<WorkerProcess> processes = new ArrayList<>();

	/** Those that have the job. */
	private List<WorkerProcess> workers = List.of();

	private @Nullable Job job;

	/** Whether some of them have done nothing yet. */
	private boolean fresh;

	/**
	 * A team without any process yet.
	 */
	Team(Entrant entrant, Duration ttl, Stage stage) {
		this.entrant = entrant;
		this.ttl = ttl;
		this.stage = stage;
	}

	/**
	 * Starts a process.
	 * @return how long it took to open the contestant there, in milliseconds
	 */
	double start() throws IOException {
		WorkerProcess process = WorkerProcess.start(this.entrant, this.ttl, this.stage);
		this.processes.add(process);
		return process.awaitReady();
	}

	/**
	 * Gives a job to so many processes, and starts those that are missing.
	 */
	Team take(Job newJob, int number) throws IOException {
		List<WorkerProcess> started = new ArrayList<>();
		while (this.processes.size() + started.size() < number) {
			started.add(WorkerProcess.start(this.entrant, this.ttl, this.stage));
		}
		this.processes.addAll(started);
		this.fresh |= !started.isEmpty();
		for (WorkerProcess process : started) {
			process.awaitReady();
		}
		this.job = newJob;
		this.workers = this.processes.subList(0, number);
		for (WorkerProcess worker : this.workers) {
			worker.give(newJob);
		}
		for (WorkerProcess worker : this.workers) {
			worker.awaitTaken();
		}
		return this;
	}

	Entrant entrant() {
		return this.entrant;
	}

	/**
	 * Has all processes work, and measures nothing.
	 */
	void warmUp(Effort effort) throws IOException {
		work(effort.warmUp(this.fresh));
		this.fresh = false;
	}

	/**
	 * Has all processes work, and counts what they send.
	 */
	Figures count(Duration time) throws IOException, InterruptedException {
		CommandCount count = this.stage.redis().count();
		Figures figures = turn(time);
		count.end(this.stage.redis());
		double operations = figures.get(Metric.OPERATIONS);
		return new Figures().with(Metric.COMMANDS, count.sent() / operations)
			.with(Metric.IN_SCRIPTS, count.inScripts() / operations);
	}

	/**
	 * Has all processes work, and measures.
	 */
	Figures turn(Duration time) throws IOException {
		Figures figures = work(time);
		double operations = figures.get(Metric.OPERATIONS);
		return figures.with(Metric.REDIS_CPU, figures.get(Metric.REDIS_CPU) / operations)
			.with(Metric.CLIENT_CPU, figures.get(Metric.CLIENT_CPU) / operations);
	}

	/**
	 * Has all processes work; the processor times are those of the whole turn.
	 */
	Figures work(Duration time) throws IOException {
		double cpuBefore = this.stage.redis().cpuSeconds();
		long startAt = System.nanoTime() + HEAD_START;
		List<Path> records = new ArrayList<>();
		for (WorkerProcess worker : this.workers) {
			Path record = Files.createTempFile(this.stage.folder(), "holds-", ".bin");
			records.add(record);
			worker.begin(new Turn(startAt, time, record));
		}
		Figures figures = new Figures();
		for (WorkerProcess worker : this.workers) {
			figures = figures.plus(worker.awaitDone());
		}
		double cpuUsed = this.stage.redis().cpuSeconds() - cpuBefore;
		figures.withAll(read(new Turn(startAt, time, records.get(0)), records));
		return figures.with(Metric.REDIS_CPU, cpuUsed * 1e6);
	}

	private Figures read(Turn turn, List<Path> records) throws IOException {
		Figures figures = switch (Objects.requireNonNull(this.job, "No job").kind()) {
			case EACH_ONCE -> Holds.read(turn, records).asCrowd();
			case ONE_KEY -> Holds.read(turn, records).asHandOffs();
			case OWN_KEYS -> Holds.read(turn, records).asLatencies();
			case PROFILE -> Holds.read(turn, records).rate();
			case UNCONTENDED, KEEP, HOLD, WAIT -> new Figures();
		};
		for (Path record : records) {
			Files.delete(record);
		}
		return figures;
	}

	/** Ends the processes at once, without a word to anybody (SIGKILL). */
	void kill() {
		this.processes.forEach(WorkerProcess::kill);
	}

	@Override
	public void close() {
		kill();
	}

}
