package io.dlock.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The README, or another page, taken apart.
 */
final class Readme {

	private final Path page;

	private final List<String> lines;

	private Readme(Path page, List<String> lines) {
		this.page = page;
		this.lines = lines;
	}

	static Readme load() {
		return load(Path.of("..", "README.md"));
	}

	/**
	 * The page about what Redis should be like.
	 */
	static Readme loadRedisPage() {
		return load(Path.of("..", "docs", "redis.md"));
	}

	/**
	 * The page about who holds a lock and who ran a job.
	 */
	static Readme loadTroublePage() {
		return load(Path.of("..", "docs", "trouble.md"));
	}

	private static Readme load(Path page) {
		try {
			return new Readme(page, Files.readAllLines(page));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	String text() {
		return String.join("\n", this.lines);
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
				snippets.add(new Snippet(this.page.getFileName() + " line " + (i + 1), this.lines.get(i).substring(3),
						(i > 0) ? this.lines.get(i - 1) : "", String.join("\n", this.lines.subList(i + 1, end))));
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
	 * What stands under a heading, up to the next one.
	 */
	Readme section(String heading) {
		int begin = this.lines.indexOf("## " + heading) + 1;
		List<String> rest = this.lines.subList(begin, this.lines.size());
		return new Readme(this.page, rest.stream().takeWhile((line) -> !line.startsWith("## ")).toList());
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
	 * @param place where it begins
	 * @param language what it is written in
	 * @param marker the line before it
	 * @param text what it says
	 */
	record Snippet(String place, String language, String marker, String text) {

		@Override
		public String toString() {
			return this.language + ", " + this.place;
		}

	}

}
