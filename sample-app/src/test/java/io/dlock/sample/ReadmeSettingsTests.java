package io.dlock.sample;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.dlock.autoconfigure.DlockProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests that the settings in the README are those that there are.
 */
class ReadmeSettingsTests {

	static Stream<Readme.Snippet> yaml() {
		return Stream.of(Readme.load(), Readme.loadRedisPage()).flatMap((page) -> page.snippets("yaml"));
	}

	@ParameterizedTest
	@MethodSource("yaml")
	void yamlBinds(Readme.Snippet snippet) {
		assertThat(bind(snippet.text())).isNotNull();
	}

	@Test
	void yamlWithAnUnknownPropertyDoesNotBind() {
		assertThatExceptionOfType(BindException.class).isThrownBy(() -> bind("dlock: {hosts: localhost}"));
	}

	@Test
	void explainsEveryProperty() throws IOException {
		Map<String, String> documented = Readme.load()
			.section("Configuration")
			.rows("`dlock.")
			.collect(Collectors.toMap((row) -> row.get(0).replace("`", ""), (row) -> row.get(1)));
		Map<String, String> defaults = defaults();
		assertThat(documented).containsOnlyKeys(defaults.keySet());
		assertThat(documented).allSatisfy((name, text) -> {
			if (!defaults.get(name).isEmpty()) {
				assertThat(text).as(name).isEqualTo("`" + defaults.get(name) + "`");
			}
		});
	}

	private static DlockProperties bind(String yaml) {
		try {
			ByteArrayResource resource = new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8));
			return new Binder(
					ConfigurationPropertySources.from(new YamlPropertySourceLoader().load("README", resource)))
				.bind("dlock", Bindable.of(DlockProperties.class),
						new NoUnboundElementsBindHandler(BindHandler.DEFAULT, (source) -> true))
				.get();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * The properties, each with its default or an empty text, from the metadata that the
	 * library ships for editors.
	 */
	@SuppressWarnings("unchecked")
	private static Map<String, String> defaults() throws IOException {
		Map<String, String> defaults = new TreeMap<>();
		for (var url : Collections.list(ReadmeSettingsTests.class.getClassLoader()
			.getResources("META-INF/spring-configuration-metadata.json"))) {
			try (var stream = url.openStream()) {
				Map<String, Object> metadata = JsonParserFactory.getJsonParser()
					.parseMap(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
				for (Map<String, Object> property : (List<Map<String, Object>>) metadata.get("properties")) {
					if (property.get("name").toString().startsWith("dlock.")) {
						defaults.put(property.get("name").toString(),
								Objects.toString(property.get("defaultValue"), "").replaceAll("^\\[]$", ""));
					}
				}
			}
		}
		return defaults;
	}

}
