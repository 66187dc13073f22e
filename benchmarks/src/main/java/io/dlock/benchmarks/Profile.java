package io.dlock.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where the time of all threads goes, as the JDK's Flight Recorder samples it: in dlock's
 * own code, or in what the innermost of dlock's methods has called. Code that runs in the
 * kernel, and threads that wait, are not sampled.
 */
final class Profile {

	private static final String SAMPLE = "jdk.ExecutionSample";

	private static final String MONITOR = "jdk.JavaMonitorEnter";

	private static final Pattern COLLECTION = Pattern
		.compile("java\\.util\\.(concurrent\\.)?\\w*(Map|Set|List|Queue|Deque|Collections)\\b.*");

	private final Map<Metric, Integer> samples = new EnumMap<>(Metric.class);

	private int all;

	private int monitors;

	/**
	 * Does some work, and watches it.
	 */
	static Figures of(Work work, Turn turn) throws Exception {
		Path file = Files.createTempFile("dlock-profile-", ".jfr");
		try (Recording recording = new Recording()) {
			recording.enable(SAMPLE).withPeriod(Duration.ofMillis(1));
			recording.enable(MONITOR).withoutThreshold();
			recording.start();
			Figures figures = work.run(turn);
			recording.stop();
			recording.dump(file);
			return figures.withAll(read(file));
		}
		finally {
			Files.delete(file);
		}
	}

	private static Figures read(Path file) throws IOException {
		Profile profile = new Profile();
		try (RecordingFile events = new RecordingFile(file)) {
			while (events.hasMoreEvents()) {
				profile.add(events.readEvent());
			}
		}
		return profile.figures();
	}

	private void add(RecordedEvent event) {
		RecordedStackTrace stack = event.getStackTrace();
		if (stack == null) {
			return;
		}
		if (event.getEventType().getName().equals(SAMPLE)) {
			this.all++;
			this.samples.merge(kind(stack.getFrames()), 1, Integer::sum);
		}
		else if (isOfDlock(event.getClass("monitorClass").getName())) {
			this.monitors++;
		}
	}

	private static Metric kind(List<RecordedFrame> frames) {
		String called = "";
		for (RecordedFrame frame : frames) {
			String type = frame.getMethod().getType().getName();
			if (isOfDlock(type)) {
				return called.isEmpty() ? Metric.IN_DLOCK : kind(called);
			}
			called = type;
		}
		return Metric.IN_OTHERS;
	}

	private static boolean isOfDlock(String type) {
		return type.startsWith("io.dlock.") && !type.startsWith("io.dlock.benchmarks.");
	}

	private static Metric kind(String called) {
		if (called.startsWith("org.slf4j.") || called.startsWith("ch.qos.logback.")) {
			return Metric.IN_LOGS;
		}
		if (called.startsWith("java.util.concurrent.locks.")) {
			return Metric.IN_LOCKS;
		}
		if (COLLECTION.matcher(called).matches()) {
			return Metric.IN_COLLECTIONS;
		}
		if (called.startsWith("io.lettuce.") || called.startsWith("io.netty.")) {
			return Metric.IN_CLIENT;
		}
		return called.startsWith("org.springframework.") ? Metric.IN_EVENTS : Metric.IN_JDK;
	}

	private Figures figures() {
		Figures figures = new Figures().with(Metric.SAMPLES, this.all).with(Metric.MONITORS, this.monitors);
		for (Metric kind : List.of(Metric.IN_DLOCK, Metric.IN_COLLECTIONS, Metric.IN_LOCKS, Metric.IN_LOGS,
				Metric.IN_EVENTS, Metric.IN_JDK, Metric.IN_CLIENT, Metric.IN_OTHERS)) {
			figures.with(kind, 100.0 * this.samples.getOrDefault(kind, 0) / this.all);
		}
		return figures;
	}

}
