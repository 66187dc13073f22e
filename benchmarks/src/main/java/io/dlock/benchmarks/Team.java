package io.dlock.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The processes of one contestant, which work in the same turns.
 */
final class Team implements AutoCloseable {

	/** For the word to reach all processes, and for their threads to start. */
	private static final long HEAD_START = TimeUnit.MILLISECONDS.toNanos(100);

	private final Entrant entrant;

	private final Job job;

	private final List<WorkerProcess> workers = new ArrayList<>();

	private double startMillis;

	private Team(Entrant entrant, Job job) {
		this.entrant = entrant;
		this.job = job;
	}

	static Team start(Entrant entrant, Job job, int processes, Stage stage) throws IOException {
		Team team = new Team(entrant, job);
		for (int i = 0; i < processes; i++) {
			team.workers
				.add(WorkerProcess.start(entrant, stage.redis().port(), job, stage.folder(), stage.clientPin()));
		}
		for (WorkerProcess worker : team.workers) {
			team.startMillis = worker.awaitReady();
		}
		return team;
	}

	Entrant entrant() {
		return this.entrant;
	}

	/**
	 * How long it took to open the contestant, in a process that had done nothing before.
	 */
	double startMillis() {
		return this.startMillis;
	}

	/**
	 * Has all processes work, and counts what they send.
	 */
	Figures count(Duration time, Stage stage) throws IOException, InterruptedException {
		CommandCount count = stage.redis().count();
		Figures figures = turn(time, stage);
		count.end(stage.redis());
		double operations = figures.get(Metric.OPERATIONS);
		return new Figures().with(Metric.COMMANDS, count.sent() / operations)
			.with(Metric.IN_SCRIPTS, count.inScripts() / operations);
	}

	/**
	 * Has all processes work, and measures.
	 */
	Figures turn(Duration time, Stage stage) throws IOException {
		Figures figures = work(time, stage);
		double operations = figures.get(Metric.OPERATIONS);
		return figures.with(Metric.REDIS_CPU, figures.get(Metric.REDIS_CPU) / operations)
			.with(Metric.CLIENT_CPU, figures.get(Metric.CLIENT_CPU) / operations);
	}

	/**
	 * Has all processes work; the processor times are those of the whole turn.
	 */
	Figures work(Duration time, Stage stage) throws IOException {
		double cpuBefore = stage.redis().cpuSeconds();
		long startAt = System.nanoTime() + HEAD_START;
		List<Path> records = new ArrayList<>();
		for (WorkerProcess worker : this.workers) {
			Path record = Files.createTempFile(stage.folder(), "holds-", ".bin");
			records.add(record);
			worker.begin(new Turn(startAt, time, record));
		}
		Figures figures = new Figures();
		for (WorkerProcess worker : this.workers) {
			figures = figures.plus(worker.awaitDone());
		}
		double cpuUsed = stage.redis().cpuSeconds() - cpuBefore;
		figures.withAll(read(new Turn(startAt, time, records.get(0)), records));
		return figures.with(Metric.REDIS_CPU, cpuUsed * 1e6);
	}

	private Figures read(Turn turn, List<Path> records) throws IOException {
		Figures figures = switch (this.job.kind()) {
			case EACH_ONCE -> Holds.read(turn, records).asCrowd();
			case ONE_KEY -> Holds.read(turn, records).asHandOffs();
			case OWN_KEYS -> Holds.read(turn, records).asLatencies();
			case UNCONTENDED, KEEP, HOLD, WAIT, START -> new Figures();
		};
		for (Path record : records) {
			Files.delete(record);
		}
		return figures;
	}

	/** Ends the processes at once, without a word to anybody (SIGKILL). */
	void kill() {
		this.workers.forEach(WorkerProcess::kill);
	}

	@Override
	public void close() {
		kill();
	}

}
