package io.dlock.benchmarks;

import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What was measured in one turn. Written as a line of text from process to process.
 */
final class Figures {

	private final Map<Metric, Double> values = new EnumMap<>(Metric.class);

	Figures with(Metric metric, double value) {
		this.values.put(metric, value);
		return this;
	}

	Figures with(Metric metric, long value) {
		return with(metric, (double) value);
	}

	Figures withAll(Figures others) {
		this.values.putAll(others.values);
		return this;
	}

	boolean has(Metric metric) {
		return this.values.containsKey(metric);
	}

	double get(Metric metric) {
		Double value = this.values.get(metric);
		if (value == null) {
			throw new IllegalArgumentException(metric + " was not measured");
		}
		return value;
	}

	/**
	 * The sum with the figures of another process.
	 */
	Figures plus(Figures other) {
		Figures sum = new Figures().withAll(this);
		other.values.forEach((metric, value) -> sum.values.merge(metric, value, Double::sum));
		return sum;
	}

	Map<Metric, Double> asMap() {
		return Map.copyOf(this.values);
	}

	String asLine() {
		return this.values.entrySet()
			.stream()
			.map((entry) -> entry.getKey() + "=" + entry.getValue())
			.collect(Collectors.joining(" "));
	}

	static Figures parse(String line) {
		Figures figures = new Figures();
		for (String word : line.strip().split(" ", -1)) {
			if (!word.isEmpty()) {
				int sign = word.indexOf('=');
				figures.with(Metric.valueOf(word.substring(0, sign)), Double.parseDouble(word.substring(sign + 1)));
			}
		}
		return figures;
	}

}
