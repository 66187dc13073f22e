package io.dlock.job;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

import io.dlock.testing.FakeClock;
import io.dlock.testing.RedisServer;

import org.springframework.scheduling.annotation.Scheduled;

/**
 * An instance with one job, every second, in a process of its own, whose clock is ahead
 * or behind. It writes {@code RUN <tick>} a line, when a run begins.
 * <p>
 * The clock is that of the process where there is a {@link FakeClock}; elsewhere it is
 * that of the scheduler, which is the only one that decides when a job is due.
 */
final class JobProcess implements AutoCloseable {

	private final Process process;

	private final CountDownLatch ready = new CountDownLatch(1);

	private JobProcess(Process process) {
		this.process = process;
	}

	/**
	 * Starts a process; it is not ready yet.
	 * @param server where the locks are
	 * @param ahead by how much its clock is ahead
	 * @param work how long a run takes
	 * @param ttl of its locks
	 * @param ran is told of every run: by whom, and which tick
	 */
	static JobProcess start(RedisServer server, Duration ahead, Duration work, String ttl,
			BiConsumer<JobProcess, Long> ran) {
		boolean faked = FakeClock.isInstalled();
		ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xmx96m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
				JobProcess.class.getName(), String.valueOf(server.port()), String.valueOf(faked ? 0 : ahead.toMillis()),
				String.valueOf(work.toMillis()), ttl)
			.redirectError(ProcessBuilder.Redirect.DISCARD);
		if (faked) {
			builder.environment()
				.putAll(FakeClock.environment(Map.of("FAKETIME", "%+.3f".formatted(ahead.toMillis() / 1000.0))));
		}
		try {
			JobProcess started = new JobProcess(builder.start());
			Thread reader = new Thread(() -> started.read(ran), "reader of a job process");
			reader.setDaemon(true);
			reader.start();
			return started;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static boolean isClockOfProcessFaked() {
		return FakeClock.isInstalled();
	}

	private void read(BiConsumer<JobProcess, Long> ran) {
		try (BufferedReader lines = this.process.inputReader(StandardCharsets.UTF_8)) {
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				if (line.equals("READY")) {
					this.ready.countDown();
				}
				else if (line.startsWith("RUN ")) {
					ran.accept(this, Long.valueOf(line.substring("RUN ".length())));
				}
			}
		}
		catch (IOException ex) {
			// The process was killed.
		}
	}

	JobProcess awaitReady() throws InterruptedException {
		if (!this.ready.await(5, TimeUnit.MINUTES)) {
			throw new IllegalStateException("A job process has not started within five minutes");
		}
		return this;
	}

	/** Ends the process at once, in the middle of whatever it does (SIGKILL). */
	void kill() {
		this.process.destroyForcibly();
	}

	@Override
	public void close() {
		kill();
	}

	public static void main(String[] args) {
		Runs runs = new Runs("127.0.0.1", Integer.parseInt(args[0]));
		JobNode.start("dlock.port=" + args[0], "dlock.ttl=" + args[3], Duration.ofMillis(Long.parseLong(args[1])), runs,
				EverySecond.class);
		EverySecond.work = Duration.ofMillis(Long.parseLong(args[2]));
		System.out.println("READY");
	}

	static class EverySecond {

		private static volatile Duration work = Duration.ofMillis(1);

		private final Runs runs;

		EverySecond(Runs runs) {
			this.runs = runs;
		}

		@SingletonJob("every second")
		@Scheduled(cron = "* * * * * *")
		void job() throws InterruptedException {
			this.runs.add("job");
			List<Runs.Run> all = this.runs.all();
			String tick = String.valueOf(all.get(all.size() - 1).tick());
			System.out.println("RUN " + tick.replaceFirst(".* @ ", ""));
			new CountDownLatch(1).await(work.toMillis(), TimeUnit.MILLISECONDS);
		}

	}

}
