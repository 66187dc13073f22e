package io.dlock.sample;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import javax.xml.parsers.DocumentBuilderFactory;

import io.dlock.event.LockEvent;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that what else the README names is there.
 */
class ReadmeTests {

	private static final Pattern GETTER = Pattern.compile("`(get\\w+)\\(\\)`");

	private final Readme readme = Readme.load();

	@Test
	void namesTheStarter() throws Exception {
		Element dependency = xml(this.readme.snippets("xml").findFirst().orElseThrow().text());
		Element project = xml(Files.readString(Path.of("..", "pom.xml")));
		Element starter = xml(Files.readString(Path.of("..", "lock-starter", "pom.xml")));
		assertThat(child(dependency, "groupId")).isEqualTo(child(project, "groupId"));
		assertThat(child(dependency, "artifactId")).isEqualTo(child(starter, "artifactId"));
		assertThat(child(dependency, "version")).isEqualTo(child(project, "version"));
	}

	@Test
	void namesTheCommandThatTheSampleNames() {
		String run = this.readme.snippets("sh").findFirst().orElseThrow().text();
		assertThat(Greeting.secondInstance(8081)).startsWith(run + " ");
	}

	@Test
	void hasASnippetOfEachLanguageThatIsChecked() {
		assertThat(this.readme.snippets()).extracting(Readme.Snippet::language)
			.containsOnly("java", "yaml", "xml", "conf", "sh", "text");
	}

	@Test
	void explainsEveryEvent() {
		Map<String, Class<?>> events = Arrays.stream(LockEvent.class.getPermittedSubclasses())
			.collect(Collectors.toMap(Class::getSimpleName, (type) -> type));
		Map<String, String> documented = this.readme.rows("`Lock")
			.collect(Collectors.toMap((row) -> row.get(0).replace("`", ""), (row) -> row.get(2)));
		assertThat(documented).containsOnlyKeys(events.keySet());
		assertThat(documented).allSatisfy((name, getters) -> assertThat(declaredGetters(events.get(name)))
			.containsExactlyInAnyOrderElementsOf(named(getters)));
	}

	private static List<String> declaredGetters(Class<?> event) {
		return Arrays.stream(event.getDeclaredMethods())
			.map((method) -> method.getName())
			.filter((name) -> name.startsWith("get"))
			.toList();
	}

	private static List<String> named(String getters) {
		return GETTER.matcher(getters).results().map((result) -> result.group(1)).toList();
	}

	private static Element xml(String text) throws Exception {
		return DocumentBuilderFactory.newInstance()
			.newDocumentBuilder()
			.parse(new InputSource(new StringReader(text)))
			.getDocumentElement();
	}

	private static String child(Element parent, String name) {
		for (var node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
			if (node.getNodeName().equals(name)) {
				return node.getTextContent();
			}
		}
		throw new IllegalArgumentException("no " + name);
	}

}
