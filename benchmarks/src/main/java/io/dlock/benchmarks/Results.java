package io.dlock.benchmarks;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Everything that was measured, round by round.
 */
final class Results {

	private final Map<Scenario, Map<Entrant, Map<Metric, Sample>>> all = new LinkedHashMap<>();

	private final List<String> lines = new ArrayList<>(List.of("scenario,contestant,round,metric,value"));

	void add(Scenario scenario, Entrant entrant, int round, Figures figures) {
		Map<Metric, Sample> samples = this.all.computeIfAbsent(scenario, (missing) -> new LinkedHashMap<>())
			.computeIfAbsent(entrant, (missing) -> new EnumMap<>(Metric.class));
		figures.asMap().forEach((metric, value) -> {
			samples.computeIfAbsent(metric, (missing) -> new Sample()).add(value);
			this.lines.add("%s,%s,%d,%s,%s".formatted(scenario.name(), entrant, round, metric, value));
		});
	}

	Set<Scenario> scenarios() {
		return this.all.keySet();
	}

	Set<Entrant> entrants(Scenario scenario) {
		return this.all.getOrDefault(scenario, Map.of()).keySet();
	}

	/**
	 * What was measured of anybody in a scenario.
	 */
	Set<Metric> metrics(Scenario scenario) {
		Set<Metric> metrics = new TreeSet<>();
		this.all.getOrDefault(scenario, Map.of()).values().forEach((samples) -> metrics.addAll(samples.keySet()));
		return metrics;
	}

	/**
	 * The values of all rounds; none if it was not measured.
	 */
	Sample sample(Scenario scenario, Entrant entrant, Metric metric) {
		return this.all.getOrDefault(scenario, Map.of())
			.getOrDefault(entrant, Map.of())
			.getOrDefault(metric, new Sample());
	}

	List<String> csv() {
		return this.lines;
	}

}
