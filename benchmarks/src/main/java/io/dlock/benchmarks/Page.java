package io.dlock.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A page of the documentation with tables in it, between two marks.
 */
final class Page {

	private static final String BEGIN = "<!-- measured: begin -->";

	private static final String END = "<!-- measured: end -->";

	private static final String PICTURE = "hand-offs.svg";

	private Page() {
	}

	/**
	 * Puts new tables in the place of the old ones, and a picture beside the page.
	 */
	static void update(Path page, List<String> tables, List<String> picture) throws IOException {
		List<String> lines = Files.readAllLines(page);
		int begin = lines.indexOf(BEGIN);
		int end = lines.indexOf(END);
		if (begin < 0 || end < begin) {
			throw new IOException(page + " needs a line with " + BEGIN + " and one with " + END);
		}
		List<String> updated = new ArrayList<>(lines.subList(0, begin + 1));
		updated.addAll(List.of("", "![Hand-offs per second of one lock](" + PICTURE + ")", ""));
		updated.addAll(tables);
		updated.add("");
		updated.addAll(lines.subList(end, lines.size()));
		Files.write(page, updated);
		Files.write(page.resolveSibling(PICTURE), picture);
	}

}
