package io.dlock.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the documents on design and faults name tests that there are.
 */
class DesignTests {

	private static final Pattern NAMED_TEST = Pattern.compile("`(\\w+(?:Tests|Contract))\\.(\\w+)`");

	@ParameterizedTest
	@ValueSource(strings = { "design.md", "faults.md" })
	void namesTestsThatThereAre(String document) throws IOException {
		List<String> named = NAMED_TEST.matcher(Files.readString(Path.of("..", "docs", document)))
			.results()
			.map((found) -> found.group(1) + "." + found.group(2))
			.toList();
		assertThat(named).hasSizeGreaterThan(10).allSatisfy((test) -> assertThat(source(test)).contains(method(test)));
	}

	private static String source(String test) throws IOException {
		String file = test.substring(0, test.indexOf('.')) + ".java";
		try (Stream<Path> files = Files.walk(Path.of("..", "lock-autoconfigure", "src", "test", "java"))) {
			Path found = files.filter((path) -> path.endsWith(file)).findFirst().orElseThrow();
			return Files.readString(found);
		}
	}

	private static String method(String test) {
		return "void " + test.substring(test.indexOf('.') + 1) + "(";
	}

}
