package io.dlock.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Hand-offs per second as bars, drawn by hand in SVG; readable on light and on dark
 * ground. The scale is logarithmic: otherwise most bars could not be seen.
 */
final class Picture {

	private static final int WIDTH = 760;

	private static final int LEFT = 220;

	private static final int RIGHT = 90;

	private static final int BAR = 18;

	private static final int GAP = 30;

	private static final String STYLE = """
			<style>
			text { font: 13px sans-serif; fill: #24292f; }
			.title { font-weight: bold; }
			.dlock { fill: #1a7f37; }
			.other { fill: #8c959f; }
			@media (prefers-color-scheme: dark) {
			text { fill: #e6edf3; }
			.dlock { fill: #3fb950; }
			.other { fill: #6e7681; }
			}
			</style>""";

	private final Results results;

	private final List<String> drawn = new ArrayList<>();

	private int y = GAP;

	private double most = 10;

	private Picture(Results results) {
		this.results = results;
	}

	/**
	 * Draws what there is.
	 */
	static List<String> of(Results results) {
		Picture picture = new Picture(results);
		List<Scenario> scenarios = results.scenarios()
			.stream()
			.filter((scenario) -> results.metrics(scenario).contains(Metric.HAND_OFFS))
			.toList();
		scenarios.forEach(picture::stretch);
		scenarios.forEach(picture::draw);
		return picture.framed();
	}

	private void stretch(Scenario scenario) {
		for (Entrant entrant : this.results.entrants(scenario)) {
			this.most = Math.max(this.most, handOffs(scenario, entrant));
		}
	}

	private void draw(Scenario scenario) {
		this.drawn.add("<text class='title' x='10' y='%d'>%s: hand-offs/s</text>".formatted(this.y, scenario.title()));
		this.y += 10;
		for (Entrant entrant : this.results.entrants(scenario)) {
			draw(entrant, handOffs(scenario, entrant));
		}
		this.y += GAP;
	}

	private void draw(Entrant entrant, double value) {
		double length = (WIDTH - LEFT - RIGHT) * Math.log10(Math.max(1, value)) / Math.log10(this.most);
		String kind = (entrant == Entrant.DLOCK) ? "dlock" : "other";
		int base = this.y + BAR - 5;
		this.drawn.add("<text x='%d' y='%d' text-anchor='end'>%s</text>".formatted(LEFT - 8, base, entrant.title()));
		this.drawn.add(String.format(Locale.ROOT, "<rect class='%s' x='%d' y='%d' width='%.1f' height='%d'/>", kind,
				LEFT, this.y, length, BAR - 3));
		this.drawn.add(String.format(Locale.ROOT, "<text x='%.1f' y='%d'>%s</text>", LEFT + length + 6, base,
				Sample.number(value, 0)));
		this.y += BAR;
	}

	private double handOffs(Scenario scenario, Entrant entrant) {
		return this.results.sample(scenario, entrant, Metric.HAND_OFFS).median();
	}

	private List<String> framed() {
		List<String> lines = new ArrayList<>();
		lines.add("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' role='img'>".formatted(WIDTH, this.y));
		lines.add("<title>Hand-offs per second of one lock, logarithmic scale</title>");
		lines.addAll(STYLE.lines().toList());
		lines.addAll(this.drawn);
		lines.add("</svg>");
		return lines;
	}

}
