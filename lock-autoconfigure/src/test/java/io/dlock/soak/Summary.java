package io.dlock.soak;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.dlock.history.Checker;
import io.dlock.history.Entry;
import io.dlock.history.History;
import io.dlock.history.Rule;
import io.dlock.history.Tenure;
import io.dlock.history.Violation;

/**
 * What happened in a run, in figures.
 */
final class Summary {

	private static final int SHOWN = 20;

	private final History history;

	private final List<Violation> violations;

	Summary(History history, List<Violation> violations) {
		this.history = history;
		this.violations = violations;
	}

	@Override
	public String toString() {
		StringBuilder text = new StringBuilder();
		line(text, "acquisitions", this.history.tenures().size() + ", of them lost " + count(Tenure.Outcome.LOST)
				+ ", killed with their node " + count(Tenure.Outcome.KILLED));
		line(text, "hand-offs", handOffs());
		line(text, "attempts without", missed());
		line(text, "overlaps", Checker.overlaps(this.history) + ", of them not excused " + count(Rule.EXCLUSION));
		line(text, "writes", writes());
		line(text, "faults", Integer.toString(this.history.all(Entry.Fault.class).size()));
		recoveries().forEach((kind, times) -> line(text, "  " + kind.toLowerCase(Locale.ROOT),
				"%d, recovered after %s".formatted(times.size(), spread(times))));
		line(text, "nodes", vitals());
		line(text, "violations", Integer.toString(this.violations.size()));
		this.violations.stream()
			.limit(SHOWN)
			.forEach((violation) -> text.append("    ").append(violation).append('\n'));
		return text.toString();
	}

	private static void line(StringBuilder text, String name, Object value) {
		text.append("  %-24s %s%n".formatted(name, value));
	}

	private long count(Tenure.Outcome outcome) {
		return this.history.tenures().stream().filter((tenure) -> tenure.outcome() == outcome).count();
	}

	private long count(Rule rule) {
		return this.violations.stream().filter((violation) -> violation.rule() == rule).count();
	}

	private String handOffs() {
		int local = 0;
		int between = 0;
		for (List<Tenure> ofOneKey : byKey().values()) {
			for (int i = 1; i < ofOneKey.size(); i++) {
				if (ofOneKey.get(i).node().equals(ofOneKey.get(i - 1).node())) {
					local++;
				}
				else {
					between++;
				}
			}
		}
		return between + " between nodes, " + local + " inside one";
	}

	private Map<String, List<Tenure>> byKey() {
		return this.history.tenures().stream().collect(Collectors.groupingBy(Tenure::key));
	}

	private String missed() {
		return this.history.all(Entry.Missed.class)
			.stream()
			.collect(Collectors.groupingBy(Entry.Missed::why, TreeMap::new, Collectors.counting()))
			.toString();
	}

	private String writes() {
		List<Entry.Wrote> writes = this.history.all(Entry.Wrote.class);
		long accepted = writes.stream().filter(Entry.Wrote::accepted).count();
		long wrong = this.violations.stream()
			.filter((violation) -> violation.rule() == Rule.RESOURCE && violation.what().contains("was accepted"))
			.count();
		return "%d accepted, of them stale %d; stale and refused %d".formatted(accepted, wrong,
				writes.size() - accepted);
	}

	/**
	 * For each fault, the longest time that a key took from the end of the cause to the
	 * first sign that the key works: a lease obtained, or one that was valid all along.
	 * Where the next fault came before that, nothing can be said.
	 */
	private Map<String, List<Double>> recoveries() {
		Map<String, List<Tenure>> byKey = byKey();
		Map<String, List<Double>> times = new TreeMap<>();
		List<Entry.Fault> faults = this.history.all(Entry.Fault.class);
		for (int i = 0; i < faults.size(); i++) {
			Entry.Fault fault = faults.get(i);
			double longest = byKey.values()
				.stream()
				.mapToDouble((ofOneKey) -> recovery(ofOneKey, fault.recoversFrom()))
				.max()
				.orElse(Double.NaN);
			boolean disturbed = i + 1 < faults.size()
					&& faults.get(i + 1).beganAt() < fault.recoversFrom() + longest * 1e6;
			times.computeIfAbsent(fault.kind(), (absent) -> new ArrayList<>()).add(disturbed ? Double.NaN : longest);
		}
		return times;
	}

	private static double recovery(List<Tenure> ofOneKey, long from) {
		return ofOneKey.stream()
			.filter((tenure) -> tenure.lastValidAt() >= from)
			.mapToLong((tenure) -> Math.max(0, tenure.obtainedAt() - from))
			.min()
			.orElse(0) / 1e6;
	}

	private static String spread(List<Double> times) {
		List<Double> sorted = times.stream().filter((time) -> !time.isNaN()).sorted().toList();
		return sorted.isEmpty() ? "(the next came first)" : "%.0f ms (median), %.0f ms (worst)"
			.formatted(sorted.get(sorted.size() / 2), sorted.get(sorted.size() - 1));
	}

	private String vitals() {
		Map<String, List<Entry.Vitals>> byNode = this.history.all(Entry.Vitals.class)
			.stream()
			.sorted(Comparator.comparingLong(Entry.Vitals::at))
			.collect(Collectors.groupingBy(Entry.Vitals::node, TreeMap::new, Collectors.toList()));
		return byNode.values()
			.stream()
			.filter((vitals) -> vitals.size() > 1)
			.map((vitals) -> "%s: %s to %s".formatted(vitals.get(0).node(), needs(vitals.get(0)),
					needs(vitals.get(vitals.size() - 1))))
			.collect(Collectors.joining("; "));
	}

	private static String needs(Entry.Vitals vitals) {
		return "%d threads, %.1f MB".formatted(vitals.threads(), vitals.heap() / 1e6);
	}

}
