package io.dlock.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The README, taken apart.
 */
final class Readme {

	private final List<String> lines;

	private Readme(List<String> lines) {
		this.lines = lines;
	}

	static Readme load() {
		try {
			return new Readme(Files.readAllLines(Path.of("..", "README.md")));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The fenced blocks.
	 */
	List<Snippet> snippets() {
		List<Snippet> snippets = new ArrayList<>();
		int i = 0;
		while (i < this.lines.size()) {
			if (this.lines.get(i).startsWith("```")) {
				int end = this.lines.subList(i + 1, this.lines.size()).indexOf("```") + i + 1;
				snippets.add(new Snippet(i + 1, this.lines.get(i).substring(3), (i > 0) ? this.lines.get(i - 1) : "",
						String.join("\n", this.lines.subList(i + 1, end))));
				i = end;
			}
			i++;
		}
		return snippets;
	}

	Stream<Snippet> snippets(String language) {
		return snippets().stream().filter((snippet) -> snippet.language().equals(language));
	}

	/**
	 * The rows of a table, each as its cells.
	 * @param begin what the first cell of each row begins with
	 */
	Stream<List<String>> rows(String begin) {
		return this.lines.stream()
			.filter((line) -> line.startsWith("| " + begin))
			.map((line) -> Stream.of(line.split("[|]")).skip(1).map(String::strip).toList());
	}

	/**
	 * A fenced block.
	 *
	 * @param line where it begins
	 * @param language what it is written in
	 * @param marker the line before it
	 * @param text what it says
	 */
	record Snippet(int line, String language, String marker, String text) {

		@Override
		public String toString() {
			return "%s, README line %d".formatted(this.language, this.line);
		}

	}

}
