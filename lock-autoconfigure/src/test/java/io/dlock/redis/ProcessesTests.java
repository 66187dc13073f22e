package io.dlock.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import io.dlock.testing.CommandRecorder;
import io.dlock.testing.Contender;
import io.dlock.testing.RedisServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Several real processes want one lock of a real Redis.
 */
class ProcessesTests {

	@ParameterizedTest
	@CsvSource({ "2, 1", "4, 1", "4, 4" })
	void processesExcludeEachOtherAndTokensGrow(int processes, int threads) throws Exception {
		try (RedisServer server = RedisServer.start()) {
			List<Contender> contenders = new ArrayList<>();
			for (int i = 0; i < processes; i++) {
				contenders.add(Contender.start(server, "hammered", threads, Duration.ofSeconds(3)));
			}
			List<Contender.Hold> holds = new ArrayList<>();
			for (Contender contender : contenders) {
				List<Contender.Hold> mine = contender.holds();
				assertThat(mine).as("nobody is left out").isNotEmpty();
				holds.addAll(mine);
			}
			holds.sort(Comparator.comparingLong(Contender.Hold::begin));
			for (int i = 1; i < holds.size(); i++) {
				assertThat(holds.get(i).begin()).as("no overlap").isGreaterThanOrEqualTo(holds.get(i - 1).end());
				assertThat(holds.get(i).token()).as("tokens grow").isGreaterThan(holds.get(i - 1).token());
			}
			assertThat(server.cli("KEYS", "*")).as("nothing is left but the fence")
				.contains("dlock:{hammered}:fence")
				.doesNotContain("queue", "waiting");
			assertThat(server.cli("EXISTS", "dlock:{hammered}")).isEqualTo("0");
			assertThat(Long.parseLong(server.cli("PTTL", "dlock:{hammered}:fence"))).isBetween(1L, 70_000L);
		}
	}

	@Test
	void aHandOffBetweenProcessesCostsOneScriptToAskAndOneToHandOver() throws Exception {
		try (RedisServer server = RedisServer.start(); CommandRecorder recorder = server.record()) {
			Contender first = Contender.start(server, "counted", 1, Duration.ofSeconds(3));
			Contender second = Contender.start(server, "counted", 1, Duration.ofSeconds(3));
			int holds = first.holds().size() + second.holds().size();
			List<String> commands = recorder.commands(server);
			long scripts = commands.stream().filter((line) -> line.contains("\"EVAL")).count();
			// Until its subscription is confirmed an instance polls: these asks are not
			// counted.
			long polls = commands.stream().filter((line) -> line.endsWith("\"P\" \"\"")).count();
			assertThat(holds).isGreaterThan(100);
			assertThat((double) (scripts - polls) / holds)
				.as("scripts a hold, of %s holds, besides %s polls", holds, polls)
				.isBetween(1.9, 2.05);
		}
	}

}
