package io.dlock.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures dlock beside others, and writes down what it found. Its arguments are names of
 * scenarios, or none for all of them; the system properties {@code rounds} and
 * {@code turn} say how much is done.
 */
public final class Benchmarks {

	private static final Path OUTPUT = Path.of("target", "benchmarks");

	private Benchmarks() {
	}

	public static void main(String[] args) throws Exception {
		Effort effort = new Effort(Integer.getInteger("rounds", 3),
				Duration.parse(System.getProperty("turn", "PT1.5S")));
		Path output = Files.createDirectories(OUTPUT);
		Path folder = Files.createTempDirectory("dlock-benchmarks-");
		Results results = new Results();
		try {
			Path program = RedisProgram.unpack(folder);
			for (Scenario scenario : chosen(List.of(args))) {
				System.out.println("… " + scenario.title());
				scenario.play(program, folder, effort, results);
				write(output, results);
			}
		}
		finally {
			delete(folder);
		}
		Report.of(results, Programme.goals()).forEach(System.out::println);
		System.exit(0);
	}

	private static List<Scenario> chosen(List<String> names) {
		List<Scenario> scenarios = new ArrayList<>(Programme.scenarios());
		scenarios.removeIf((scenario) -> !names.isEmpty() && !names.contains(scenario.name()));
		return scenarios;
	}

	private static void write(Path output, Results results) throws IOException {
		Files.write(output.resolve("results.csv"), results.csv());
		Files.write(output.resolve("tables.md"), Report.of(results, Programme.goals()));
	}

	private static void delete(Path folder) throws IOException {
		try (java.util.stream.Stream<Path> files = Files.walk(folder)) {
			files.sorted(java.util.Comparator.reverseOrder()).forEach((file) -> {
				try {
					Files.deleteIfExists(file);
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
			});
		}
	}

}
