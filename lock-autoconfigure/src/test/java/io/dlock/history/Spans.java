package io.dlock.history;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * All the time that some spans cover.
 */
final class Spans {

	/** Begin and end of spans that neither touch nor overlap. */
	private final NavigableMap<Long, Long> covered = new TreeMap<>();

	Spans(Collection<Span> spans) {
		for (Span span : spans.stream().sorted(Comparator.comparingLong(Span::from)).toList()) {
			var last = this.covered.lastEntry();
			if (last != null && last.getValue() >= span.from()) {
				last = this.covered.pollLastEntry();
				this.covered.put(last.getKey(), Math.max(last.getValue(), span.to()));
			}
			else {
				this.covered.put(span.from(), span.to());
			}
		}
	}

	/**
	 * What is left of a span outside these.
	 */
	List<Span> outside(Span span) {
		List<Span> left = new ArrayList<>();
		Long begin = this.covered.floorKey(span.from());
		long from = span.from();
		for (var each : this.covered.tailMap((begin != null) ? begin : from, true).entrySet()) {
			if (each.getKey() >= span.to()) {
				break;
			}
			if (each.getKey() > from) {
				left.add(new Span(from, each.getKey()));
			}
			from = Math.max(from, each.getValue());
		}
		if (from < span.to()) {
			left.add(new Span(from, span.to()));
		}
		return left;
	}

}
