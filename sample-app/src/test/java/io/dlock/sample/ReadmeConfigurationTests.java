package io.dlock.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests that Redis starts with the configuration that the README recommends.
 */
class ReadmeConfigurationTests {

	private final int port = FreePort.find();

	@TempDir
	private Path folder;

	static Stream<Readme.Snippet> conf() {
		return Readme.load().snippets("conf");
	}

	@ParameterizedTest
	@MethodSource("conf")
	void isAccepted(Readme.Snippet snippet) throws IOException {
		assertThat(starts(snippet.text())).as(log()).isTrue();
	}

	@Test
	void isRefusedWhenItIsWrong() throws IOException {
		assertThat(starts("maxmemory-policy never")).isFalse();
		assertThat(log()).contains("maxmemory-policy never");
	}

	private boolean starts(String configuration) throws IOException {
		Path file = this.folder.resolve("redis.conf");
		Files.writeString(file, configuration.replace(" 6379 ", " " + FreePort.find() + " ")
				+ "\nport %d\nbind %s\ndir %s\n".formatted(this.port, BundledRedis.HOST, this.folder));
		List<String> command = new ArrayList<>(List.of(BundledRedis.extract(this.folder).toString(), file.toString()));
		if (configuration.contains("sentinel monitor")) {
			command.add("--sentinel");
		}
		Process redis = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(this.folder.resolve("redis.log").toFile())
			.start();
		try {
			await().until(() -> !redis.isAlive() || SharedRedis.at(this.port).isPresent());
			return redis.isAlive();
		}
		finally {
			redis.destroyForcibly().onExit().join();
		}
	}

	private String log() throws IOException {
		Path log = this.folder.resolve("redis.log");
		return Files.exists(log) ? Files.readString(log) : "";
	}

}
