package io.dlock.sample;

import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the Java of the README compiles.
 */
class ReadmeJavaTests {

	private final SnippetCompiler compiler = new SnippetCompiler();

	static Stream<Readme.Snippet> java() {
		return Readme.load().snippets("java");
	}

	@ParameterizedTest
	@MethodSource("java")
	void compiles(Readme.Snippet snippet) {
		assertThat(this.compiler.errors(snippet)).isEmpty();
	}

	@Test
	void aSnippetWithAnErrorDoesNotCompile() {
		assertThat(this.compiler.errors(javaSnippet("<!-- java: statements -->", "locks.lock(\"adm\");")))
			.singleElement()
			.asString()
			.contains("cannot find symbol");
	}

	@Test
	void aSnippetWithoutAMarkerDoesNotPass() {
		assertThat(this.compiler.errors(javaSnippet("", "locks.get(\"adm\");"))).singleElement()
			.asString()
			.contains("<!-- java: members -->");
	}

	@Test
	void listenersNameTheirKey() {
		assertThat(java()).allSatisfy(
				(snippet) -> assertThat(snippet.text().lines()).filteredOn((line) -> line.contains("@EventListener"))
					.allSatisfy((line) -> assertThat(line).contains("condition = \"#event.key == 'adm'\"")));
	}

	private static Readme.Snippet javaSnippet(String marker, String text) {
		return new Readme.Snippet("here", "java", marker, text);
	}

}
