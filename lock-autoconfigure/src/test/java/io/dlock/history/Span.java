package io.dlock.history;

/**
 * A time from one moment to another.
 *
 * @param from its begin
 * @param to its end
 */
record Span(long from, long to) {

	long length() {
		return this.to - this.from;
	}

	boolean touches(Span other) {
		return this.from <= other.to && other.from <= this.to;
	}

}
