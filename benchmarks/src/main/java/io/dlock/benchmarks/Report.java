package io.dlock.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * The results as tables in Markdown.
 */
final class Report {

	private final Results results;

	private final List<String> lines = new ArrayList<>();

	private Report(Results results) {
		this.results = results;
	}

	static List<String> of(Results results, List<Goal> goals) {
		Report report = new Report(results);
		report.goals(goals);
		results.scenarios().forEach(report::scenario);
		return report.lines;
	}

	private void goals(List<Goal> goals) {
		row("work", "goal", "measured", "");
		row("---", "---", "---", "---");
		for (Scenario scenario : this.results.scenarios()) {
			goals.stream().filter((goal) -> goal.scenario().equals(scenario.name())).forEach((goal) -> {
				Sample measured = goal.measured(this.results, scenario);
				if (!measured.isEmpty()) {
					row(scenario.title(), goal.describe(), measured.format(2), goal.verdict(measured));
				}
			});
		}
	}

	private void scenario(Scenario scenario) {
		this.lines.addAll(List.of("", "### " + scenario.title(), ""));
		List<Metric> metrics = List.copyOf(this.results.metrics(scenario));
		List<String> head = new ArrayList<>(List.of(""));
		metrics.forEach((metric) -> head.add(metric.title()));
		row(head.toArray(String[]::new));
		row(head.stream().map((title) -> "---").toArray(String[]::new));
		for (Entrant entrant : this.results.entrants(scenario)) {
			List<String> cells = new ArrayList<>(List.of(entrant.title()));
			metrics.forEach(
					(metric) -> cells.add(this.results.sample(scenario, entrant, metric).format(metric.decimals())));
			row(cells.toArray(String[]::new));
		}
	}

	private void row(String... cells) {
		this.lines.add("| " + String.join(" | ", cells) + " |");
	}

}
