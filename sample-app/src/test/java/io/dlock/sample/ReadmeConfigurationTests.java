package io.dlock.sample;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that Redis starts with the configuration that the README and docs/redis.md
 * recommend.
 */
class ReadmeConfigurationTests {

	private static final Pattern COMMAND = Pattern.compile("(?:call|read)\\('([A-Z]+)'");

	@TempDir
	private Path folder;

	static Stream<Readme.Snippet> conf() {
		return Stream.of(Readme.load(), Readme.loadRedisPage()).flatMap((page) -> page.snippets("conf"));
	}

	@ParameterizedTest
	@MethodSource("conf")
	void isAccepted(Readme.Snippet snippet) throws IOException {
		try (ConfiguredRedis redis = new ConfiguredRedis(snippet.text(), this.folder)) {
			assertThat(redis.isRunning()).as(redis::log).isTrue();
		}
	}

	@Test
	void isRefusedWhenItIsWrong() throws IOException {
		try (ConfiguredRedis redis = new ConfiguredRedis("maxmemory-policy never", this.folder)) {
			assertThat(redis.isRunning()).isFalse();
			assertThat(redis.log()).contains("maxmemory-policy never");
		}
	}

	@Test
	void givesAllTheRightsThatDlockNeeds() throws IOException {
		try (ConfiguredRedis redis = new ConfiguredRedis(rights(), this.folder); SampleProcess leader = start(redis)) {
			leader.awaitLine("ACQUIRED", " adm ");
			try (SampleProcess follower = start(redis)) {
				follower.awaitLine("listening", " adm ");
				leader.stop();
				follower.awaitLine("ACQUIRED", " adm ");
				assertThat(leader.output() + follower.output()).doesNotContain("WARN", "ERROR");
			}
		}
	}

	/**
	 * Also of those that the test above does not come by.
	 */
	@Test
	void givesTheRightToEveryCommandOfTheScripts() throws IOException {
		Set<String> commands = new TreeSet<>();
		for (Resource script : new PathMatchingResourcePatternResolver()
			.getResources("classpath*:io/dlock/redis/*.lua")) {
			COMMAND.matcher(script.getContentAsString(StandardCharsets.UTF_8))
				.results()
				.forEach((found) -> commands.add("+" + found.group(1).toLowerCase(Locale.ROOT)));
		}
		assertThat(commands).contains("+get", "+exists", "+publish");
		assertThat(rights().replace("pubsub|numsub", "pubsub").split(" ")).contains(commands.toArray(String[]::new));
	}

	private static String rights() {
		return conf().filter((snippet) -> snippet.marker().equals("<!-- conf: rights -->"))
			.findFirst()
			.orElseThrow()
			.text();
	}

	/**
	 * With a TTL longer than this test: the lock is handed over, or not at all.
	 */
	private SampleProcess start(ConfiguredRedis redis) {
		return SampleProcess.start(this.folder, "--server.port=0", "--dlock.host=" + BundledRedis.HOST,
				"--dlock.port=" + redis.port(), "--dlock.username=dlock", "--dlock.password=secret", "--dlock.ttl=10m");
	}

}
