package io.dlock.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The values of one metric in all rounds.
 */
final class Sample {

	private final List<Double> values = new ArrayList<>();

	void add(double value) {
		this.values.add(value);
	}

	boolean isEmpty() {
		return this.values.isEmpty();
	}

	double median() {
		List<Double> sorted = this.values.stream().sorted().toList();
		int middle = sorted.size() / 2;
		return (sorted.size() % 2 == 1) ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
	}

	double least() {
		return this.values.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
	}

	double most() {
		return this.values.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
	}

	/**
	 * The ratios to another sample, round by round.
	 */
	Sample dividedBy(Sample other) {
		Sample ratios = new Sample();
		for (int i = 0; i < Math.min(this.values.size(), other.values.size()); i++) {
			ratios.add(this.values.get(i) / other.values.get(i));
		}
		return ratios;
	}

	/**
	 * The differences to another sample, round by round.
	 */
	Sample minus(Sample other) {
		Sample differences = new Sample();
		for (int i = 0; i < Math.min(this.values.size(), other.values.size()); i++) {
			differences.add(this.values.get(i) - other.values.get(i));
		}
		return differences;
	}

	/**
	 * The median, and in brackets the least and the most, unless they look the same.
	 */
	String format(int decimals) {
		if (isEmpty()) {
			return "";
		}
		String median = number(median(), decimals);
		String least = number(least(), decimals);
		String most = number(most(), decimals);
		return least.equals(most) ? median : "%s (%s–%s)".formatted(median, least, most);
	}

	static String number(double value, int decimals) {
		if (Double.isInfinite(value)) {
			return "∞";
		}
		return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%,." + decimals + "f", value);
	}

}
