package io.dlock.benchmarks;

import org.jspecify.annotations.Nullable;

/**
 * What dlock should reach in a scenario.
 *
 * @param scenario the name of the scenario
 * @param metric what is looked at
 * @param who which of dlock's entries
 * @param than whose value it is divided by, or (times) has taken from it; null when the
 * value itself counts
 * @param atMost whether the limit is one from above
 * @param limit the limit
 */
record Goal(String scenario, Metric metric, Entrant who, @Nullable Entrant than, boolean atMost, double limit) {

	static Goal atMost(String scenario, Metric metric, Entrant who, @Nullable Entrant than, double limit) {
		return new Goal(scenario, metric, who, than, true, limit);
	}

	static Goal atLeast(String scenario, Metric metric, Entrant who, @Nullable Entrant than, double limit) {
		return new Goal(scenario, metric, who, than, false, limit);
	}

	Sample measured(Results results, Scenario in) {
		Sample own = results.sample(in, this.who, this.metric);
		if (this.than == null) {
			return own;
		}
		Sample other = results.sample(in, this.than, this.metric);
		return isDifference() ? own.minus(other) : own.dividedBy(other);
	}

	/**
	 * What became of the goal: met or missed by the median, and whether the rounds agree.
	 */
	String verdict(Sample measured) {
		boolean best = isMet(this.atMost ? measured.least() : measured.most());
		boolean worst = isMet(this.atMost ? measured.most() : measured.least());
		String verdict = isMet(measured.median()) ? "met" : "missed";
		return (best == worst) ? verdict : verdict + ", not in every round";
	}

	private boolean isMet(double value) {
		return this.atMost ? value <= this.limit : value >= this.limit;
	}

	private boolean isDifference() {
		return this.metric == Metric.START;
	}

	String describe() {
		String what = this.metric.title() + ((this.who != Entrant.DLOCK) ? " of " + this.who.title() : "");
		String ratio = (this.than != null) ? (isDifference() ? " more than " : " × that of ") + this.than.title() : "";
		return "%s %s %s%s".formatted(what, this.atMost ? "≤" : "≥", Sample.number(this.limit, 2), ratio);
	}

}
