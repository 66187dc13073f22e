package io.dlock.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures dlock beside others, and writes down what it found. Its arguments are names of
 * scenarios, or none for all of them; the system properties {@code rounds} and
 * {@code turn} say how much is done, and {@code page} names a page of the documentation
 * that gets the tables, and the picture beside it.
 */
public final class Benchmarks {

	private static final Path OUTPUT = Path.of("target", "benchmarks");

	private Benchmarks() {
	}

	public static void main(String[] args) throws Exception {
		Effort effort = new Effort(Integer.getInteger("rounds", 3), Duration.parse(System.getProperty("turn", "PT1S")));
		Path output = Files.createDirectories(OUTPUT);
		Results results = new Results();
		boolean failed = false;
		try (Theatre theatre = Theatre.open()) {
			for (Scenario scenario : chosen(List.of(args))) {
				System.out.println("… " + scenario.title());
				failed |= !isPlayed(scenario, theatre, effort, results);
				write(output, results);
			}
		}
		List<String> tables = Report.of(results, Programme.goals());
		tables.forEach(System.out::println);
		String page = System.getProperty("page", "");
		if (!page.isEmpty()) {
			Page.update(Path.of(page), tables, Picture.of(results));
		}
		System.exit(failed ? 1 : 0);
	}

	/**
	 * One scenario that fails does not take the results of the others away.
	 */
	private static boolean isPlayed(Scenario scenario, Theatre theatre, Effort effort, Results results) {
		try {
			scenario.play(theatre, effort, results);
			return true;
		}
		catch (Exception ex) {
			theatre.clear();
			System.out.println("Failed: " + scenario.title());
			ex.printStackTrace();
			return false;
		}
	}

	private static List<Scenario> chosen(List<String> names) {
		List<Scenario> scenarios = new ArrayList<>(Programme.scenarios());
		List<String> known = scenarios.stream().map(Scenario::name).toList();
		if (!known.containsAll(names)) {
			throw new IllegalArgumentException("There are these scenarios: " + known + ", but not all of " + names);
		}
		scenarios.removeIf((scenario) -> !names.isEmpty() && !names.contains(scenario.name()));
		return scenarios;
	}

	private static void write(Path output, Results results) throws IOException {
		Files.write(output.resolve("results.csv"), results.csv());
		Files.write(output.resolve("tables.md"), Report.of(results, Programme.goals()));
		Files.write(output.resolve("hand-offs.svg"), Picture.of(results));
	}

}
