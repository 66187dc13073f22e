package io.dlock.sample;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link SampleApplication}, as two people at two terminals see it.
 */
class SampleApplicationTests {

	private static final Pattern TOKEN = Pattern.compile("token (\\d+)");

	private final int redisPort = FreePort.find();

	@TempDir
	private Path folder;

	@AfterEach
	void stopRedis() {
		SharedRedis.stop(this.redisPort);
	}

	@Test
	void theOtherLeadsWithinTheTtlWhenTheLeaderIsKilled() {
		Duration ttl = Duration.ofSeconds(3);
		try (SampleProcess one = start(ttl); SampleProcess two = start(ttl)) {
			await().atMost(Duration.ofSeconds(60))
				.until(() -> one.says("ACQUIRED", " adm ") || two.says("ACQUIRED", " adm "));
			SampleProcess leader = one.says("ACQUIRED", " adm ") ? one : two;
			SampleProcess follower = (leader == one) ? two : one;
			follower.awaitLine("listening", " adm ");
			assertThat(follower.says("ACQUIRED", " adm ")).isFalse();
			RedisProcess redis = SharedRedis.at(this.redisPort).orElseThrow();

			long killedAt = System.nanoTime();
			leader.kill();
			String acquired = follower.awaitLine("ACQUIRED", " adm ");

			assertThat(Duration.ofNanos(System.nanoTime() - killedAt)).isLessThan(ttl.plusSeconds(1));
			assertThat(token(acquired)).isGreaterThan(token(leader.awaitLine("ACQUIRED", " adm ")));
			assertThat(SharedRedis.at(this.redisPort)).contains(redis);
		}
	}

	@Test
	void theOtherLeadsAtOnceWhenTheLeaderStops() {
		Duration longerThanThisTest = Duration.ofMinutes(10);
		try (SampleProcess leader = start(longerThanThisTest)) {
			leader.awaitLine("ACQUIRED", " adm ");
			try (SampleProcess follower = start(longerThanThisTest)) {
				follower.awaitLine("listening", " adm ");
				leader.stop();
				follower.awaitLine("ACQUIRED", " adm ");
				leader.awaitLine("released", " adm ");
			}
		}
	}

	@Test
	void eachTickOfTheJobRunsInOneInstance() {
		try (SampleProcess one = start(Duration.ofSeconds(10)); SampleProcess two = start(Duration.ofSeconds(10))) {
			one.awaitLine("This:");
			two.awaitLine("This:");
			await().atMost(Duration.ofSeconds(60))
				.until(() -> one.says("failed", " report ", "ALREADY_RAN")
						|| two.says("failed", " report ", "ALREADY_RAN"));
			assertThat(one.says("ACQUIRED", " report ") || two.says("ACQUIRED", " report ")).isTrue();
		}
	}

	@Test
	void saysWhatToDoInTheSecondTerminal() throws Exception {
		int port = FreePort.find();
		try (SampleProcess first = start(Duration.ofSeconds(10), port)) {
			assertThat(first.awaitLine("Next:")).contains(Greeting.secondInstance(port + 1));
			first.awaitLine("ACQUIRED", " adm ");
			assertThat(get(port)).contains(" leads, with token " + token(first.awaitLine("ACQUIRED", " adm ")));
			try (SampleProcess second = start(Duration.ofSeconds(10), port)) {
				second.awaitLine("Port " + port + " is taken");
				second.awaitLine(Greeting.secondInstance(port + 1));
			}
		}
	}

	@Test
	void leavesRedisAloneWhenAnAddressIsSet() {
		try (SampleProcess sample = SampleProcess.start(this.folder, "--server.port=0",
				"--sample.redis-port=" + this.redisPort, "--dlock.mode=local")) {
			sample.awaitLine("Redis: none is started");
			sample.awaitLine("ACQUIRED", " adm ");
			assertThat(SharedRedis.at(this.redisPort)).isEmpty();
		}
	}

	private SampleProcess start(Duration ttl) {
		return start(ttl, 0);
	}

	private SampleProcess start(Duration ttl, int port) {
		return SampleProcess.start(this.folder, "--server.port=" + port, "--sample.redis-port=" + this.redisPort,
				"--dlock.ttl=" + ttl);
	}

	private static long token(String line) {
		Matcher token = TOKEN.matcher(line);
		assertThat(token.find()).as(line).isTrue();
		return Long.parseLong(token.group(1));
	}

	private static String get(int port) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port)).build();
		return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
	}

}
