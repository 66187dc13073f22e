package io.dlock.sample;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that Redis answers what docs/trouble.md asks, in the form that it shows.
 */
class TroublePageTests {

	private static final Pattern COMMAND = Pattern.compile("redis-cli (get|pttl|zrange|hgetall) '([^']+)'([ \\d-]*)");

	private static final Pattern HOLDER = Pattern.compile("sample@[^:]+:\\d+-\\w+:\\d+ \\d{16} \\d+");

	private static final Pattern TICK = Pattern.compile("\\d{13} sample@[^:]+:\\d+-\\w+:\\d+");

	private final Readme page = Readme.loadTroublePage();

	private final int redisPort = FreePort.find();

	@TempDir
	private Path folder;

	@AfterEach
	void stopRedis() {
		SharedRedis.stop(this.redisPort);
	}

	@Test
	void everyCommandHasAnAnswer() {
		try (SampleProcess leader = start()) {
			leader.awaitLine("ACQUIRED", " adm ");
			leader.awaitLine("released", " report ");
			try (SampleProcess follower = start()) {
				follower.awaitLine("listening", " adm ");
				List<MatchResult> commands = COMMAND.matcher(this.page.text()).results().toList();
				assertThat(commands).hasSizeGreaterThan(4);
				assertThat(commands)
					.allSatisfy((command) -> assertThat(answer(command)).doesNotContain("null", "-2").isNotEmpty());
			}
		}
	}

	@Test
	void theAnswersHaveTheFormThatIsShown() {
		try (SampleProcess leader = start()) {
			leader.awaitLine("ACQUIRED", " adm ");
			leader.awaitLine("released", " report ");
			assertThat(ask(CommandType.GET, "dlock:{adm}")).singleElement().asString().matches(HOLDER);
			assertThat(shown("get")).containsPattern(HOLDER);
			List<String> job = ask(CommandType.HGETALL, "dlock:{report}:job");
			assertThat(job.get(0)).isEqualTo("cron */5 * * * * *");
			assertThat(job.get(1)).matches(TICK);
			assertThat(job.get(2)).isEqualTo("owed");
			assertThat(shown("hgetall")).contains(job.get(0), job.get(2)).containsPattern(TICK);
		}
	}

	/** The block behind that of a command. */
	private String shown(String command) {
		List<Readme.Snippet> snippets = this.page.snippets();
		int asked = snippets.indexOf(snippets.stream()
			.filter((snippet) -> snippet.text().startsWith("redis-cli " + command))
			.findFirst()
			.orElseThrow());
		return snippets.get(asked + 1).text();
	}

	private List<String> answer(MatchResult command) {
		String[] more = Stream.of(command.group(3).strip().split(" "))
			.filter((word) -> !word.isEmpty())
			.toArray(String[]::new);
		return ask(CommandType.valueOf(command.group(1).toUpperCase(Locale.ROOT)), command.group(2), more);
	}

	private List<String> ask(CommandType command, String key, String... more) {
		try (RedisClient client = RedisClient.create("redis://localhost:" + this.redisPort)) {
			CommandArgs<String, String> words = new CommandArgs<>(StringCodec.UTF8).addKey(key);
			Stream.of(more).forEach(words::add);
			return client.connect()
				.sync()
				.dispatch(command, new NestedMultiOutput<>(StringCodec.UTF8), words)
				.stream()
				.map(String::valueOf)
				.toList();
		}
	}

	private SampleProcess start() {
		return SampleProcess.start(this.folder, "--server.port=0", "--sample.redis-port=" + this.redisPort);
	}

}
