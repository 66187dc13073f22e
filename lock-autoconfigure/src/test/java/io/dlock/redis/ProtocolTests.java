package io.dlock.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import io.dlock.LossCause;
import io.dlock.core.AcquireAnswer;
import io.dlock.core.Claim;
import io.dlock.core.Member;
import io.dlock.core.RenewVerdict;
import io.dlock.testing.CommandRecorder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what stands in Redis, and for the rules of the scripts that other stores do
 * not share.
 */
class ProtocolTests extends OnRedis {

	private Member one;

	private Member two;

	@BeforeEach
	void startMembers() {
		this.one = start("app:one");
		this.two = start("app:two");
	}

	// What stands in Redis

	@Test
	void showsInRedisWhoHoldsTheLock() {
		AcquireAnswer.Granted granted = (AcquireAnswer.Granted) this.one.ask(KEY, 7, LONG, 64, true);
		assertThat(this.server.cli("GET", LOCK)).isEqualTo("app:one:7 " + granted.firstToken() + " 64");
		assertThat(number("PTTL", LOCK)).isBetween(50_000L, 60_000L);
		assertThat(number("GET", FENCE)).isEqualTo(granted.firstToken() + 63);
	}

	@Test
	void leavesNothingButTheFenceAfterUse() {
		this.one.acquire(KEY, 1, LONG);
		this.two.queue(KEY, 1, LONG);
		this.one.release(KEY, 1);
		this.two.awaitPush(KEY, 1);
		this.two.release(KEY, 1);
		assertThat(this.server.cli("KEYS", "*")).isEqualTo(FENCE);
	}

	@Test
	void keepsTheFenceForAMinuteLongerThanTheLockOrThreeTtls() {
		this.one.acquire(KEY, 1, TEN_SECONDS);
		assertThat(number("PTTL", FENCE)).isBetween(65_000L, 70_000L);
		this.one.release(KEY, 1);
		this.one.acquire(KEY, 2, LONG);
		assertThat(number("PTTL", FENCE)).isBetween(175_000L, 180_000L);
	}

	@Test
	void raisesAFenceThatIsBehindTheGrantWhenItIsReleased() {
		AcquireAnswer.Granted granted = this.one.acquire(KEY, 1, LONG);
		this.server.cli("SET", FENCE, "1", "PX", "60000");
		this.one.release(KEY, 1);
		assertThat(number("GET", FENCE)).isEqualTo(granted.firstToken());
	}

	@Test
	void neverShortensTheTimeThatTheFenceIsKept() {
		AcquireAnswer.Granted longest = this.one.acquire(KEY, 1, LONG);
		this.one.renew(this.one.renewal(KEY, 1, longest, TEN_SECONDS));
		assertThat(number("PTTL", FENCE)).as("renewed").isGreaterThan(170_000);
		this.one.release(KEY, 1);
		assertThat(number("PTTL", FENCE)).as("released").isGreaterThan(170_000);
		this.two.acquire(KEY, 1, TEN_SECONDS);
		assertThat(number("PTTL", FENCE)).as("granted").isGreaterThan(170_000);
		this.one.queue(KEY, 2, TEN_SECONDS);
		this.two.release(KEY, 1);
		assertThat(number("PTTL", FENCE)).as("handed over").isGreaterThan(170_000);
	}

	@Test
	void leavesTheFenceItsTtlForNoMoreThanTwoSeconds() {
		AcquireAnswer.Granted granted = this.one.acquire(KEY, 1, TEN_SECONDS);
		fenceHasLessThanItShould();
		this.one.renew(this.one.renewal(KEY, 1, granted, TEN_SECONDS));
		assertThat(number("PTTL", FENCE)).as("renewed").isGreaterThan(67_900);
		this.one.release(KEY, 1);
		fenceHasLessThanItShould();
		this.one.acquire(KEY, 2, TEN_SECONDS);
		assertThat(number("PTTL", FENCE)).as("granted").isGreaterThan(67_900);
		this.two.queue(KEY, 1, TEN_SECONDS);
		fenceHasLessThanItShould();
		this.one.release(KEY, 2);
		assertThat(number("PTTL", FENCE)).as("handed over").isGreaterThan(67_900);
	}

	private void fenceHasLessThanItShould() {
		this.server.cli("PEXPIRE", FENCE, "67900");
	}

	@Test
	void leavesTheFenceForAMinuteWhenTheLockIsGivenBackAtTheEndOfItsTtl() {
		this.one.acquire(KEY, 1, TEN_SECONDS);
		pass(Duration.ofMillis(9_500));
		this.one.release(KEY, 1);
		assertThat(number("PTTL", FENCE)).isGreaterThan(57_500);
		assertThat(this.server.cli("EXISTS", LOCK)).isEqualTo("0");
	}

	/** For the keys, that is, which have so much less of their TTL left. */
	private void pass(Duration time) {
		for (String key : List.of(LOCK, FENCE)) {
			this.server.cli("PEXPIRE", key, Long.toString(number("PTTL", key) - time.toMillis()));
		}
	}

	@Test
	void writesWithEveryRenewalForTheReplicasToAcknowledge() {
		AcquireAnswer.Granted granted = this.one.acquire(KEY, 1, TEN_SECONDS);
		this.server.cli("PEXPIRE", LOCK, "60000"); // as a job may want it
		long before = changes();
		this.one.renew(this.one.renewal(KEY, 1, granted, TEN_SECONDS));
		assertThat(changes()).isGreaterThan(before);
	}

	private long changes() {
		return this.server.cli("INFO", "persistence")
			.lines()
			.filter((line) -> line.startsWith("rdb_changes_since_last_save:"))
			.mapToLong((line) -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
			.findFirst()
			.orElseThrow();
	}

	@Test
	void refreshesTheFenceWhenAGrantAsksAgainOrIsRenewed() {
		AcquireAnswer.Granted granted = this.one.acquire(KEY, 1, TEN_SECONDS);
		this.server.cli("PEXPIRE", FENCE, "1000");
		this.one.acquire(KEY, 1, TEN_SECONDS);
		assertThat(number("PTTL", FENCE)).as("asked again").isGreaterThan(50_000);
		this.server.cli("PEXPIRE", FENCE, "1000");
		this.one.renew(this.one.renewal(KEY, 1, granted, TEN_SECONDS));
		assertThat(number("PTTL", FENCE)).as("renewed").isGreaterThan(50_000);
		this.server.cli("DEL", FENCE);
		this.one.renew(this.one.renewal(KEY, 1, granted, TEN_SECONDS));
		assertThat(number("GET", FENCE)).as("restored").isEqualTo(granted.firstToken());
	}

	/**
	 * To the microsecond, as a rule: where a millisecond ends between the two readings
	 * that the answer is made of, it is one more, or one less.
	 */
	@Test
	void tellsWhenTheKeyOfTheHolderWillHaveGone() {
		this.one.acquire(KEY, 1, LONG);
		Member three = start("app:three");
		List<Boolean> exact = new ArrayList<>();
		for (int n = 1; n <= 9; n++) {
			int counter = n;
			exact.add(tellsExactly(() -> this.two.queue(KEY, counter, LONG).remaining()));
			exact.add(tellsExactly(() -> this.two.queue(KEY, counter, LONG).remaining()));
			exact.add(tellsExactly(() -> ((AcquireAnswer.Held) three.tryTo(KEY, counter, LONG)).remaining()));
			this.two.release(KEY, counter);
		}
		for (int way = 0; way < 3; way++) {
			int first = way;
			assertThat(IntStream.range(0, 9).filter((n) -> exact.get(3 * n + first))).as("way %d", way)
				.hasSizeGreaterThan(4);
		}
	}

	private boolean tellsExactly(Supplier<Duration> ask) {
		long gone = 1_000 * (number("PEXPIRETIME", LOCK) + 1);
		long before = micros();
		long told = ask.get().toNanos() / 1_000;
		long after = micros();
		assertThat(told).isBetween(gone - after - 1_000, gone - before + 1_000);
		return told >= gone - after && told <= gone - before;
	}

	@Test
	void keepsTheQueueForAsLongAsAnEntryInItLives() {
		this.one.acquire(KEY, 1, LONG);
		this.two.queue(KEY, 1, TEN_SECONDS);
		assertThat(number("PTTL", QUEUE)).isBetween(5_000L, 10_000L);
		this.two.queue(KEY, 2, LONG);
		assertThat(number("PTTL", QUEUE)).as("prolonged").isBetween(50_000L, 60_000L);
		start("app:three").queue(KEY, 1, TEN_SECONDS);
		assertThat(number("PTTL", QUEUE)).as("not shortened").isGreaterThan(50_000);
		assertThat(number("PTTL", WAITING)).as("both alike").isGreaterThan(50_000);
	}

	@Test
	void leavesNothingOfWaitersThatDiedForLongerThanTheirTtl() {
		this.one.acquire(KEY, 1, SHORT);
		this.two.queue(KEY, 1, SHORT);
		promptly().until(() -> this.server.cli("KEYS", "*").equals(FENCE));
	}

	@Test
	void handsNothingOverThatAJobKeepsTaken() {
		this.one.ask(KEY, 1, LONG, false, Duration.ofSeconds(50), null);
		this.two.queue(KEY, 1, LONG);
		this.one.release(KEY, 1);
		assertThat(this.server.cli("GET", LOCK)).startsWith("app:one:1 ");
	}

	@Test
	void letsATickOfAClockThatWasWrongByYearsStopNoJob() {
		Claim wrong = new Claim("each second", Claim.Kind.AT,
				System.currentTimeMillis() + Duration.ofDays(365).toMillis(), Duration.ofSeconds(1));
		this.one.claim(KEY, 1, wrong);
		this.one.release(KEY, 1);
		Claim right = new Claim("each second", Claim.Kind.AT, System.currentTimeMillis(), Duration.ofSeconds(1));
		assertThat(this.two.claim(KEY, 1, right)).isInstanceOf(AcquireAnswer.Granted.class);
	}

	@Test
	void letsAClockOfRedisThatGoesBackStopNoPeriodicJobForLong() {
		this.server.cli("HSET", LOCK + ":job", "each minute",
				(System.currentTimeMillis() + Duration.ofHours(1).toMillis()) + " app:one:1");
		Claim claim = new Claim("each minute", Claim.Kind.EVERY, 0, Duration.ofMinutes(1));
		assertThat(this.two.claim(KEY, 1, claim)).isInstanceOf(AcquireAnswer.Granted.class);
	}

	@Test
	void keepsStoresWithOtherPrefixesApart() {
		this.one.acquire(KEY, 1, LONG);
		RedisLockStore other = new RedisLockStore(this.factory, new RedisStoreSettings("other:", "other"));
		try (Member stranger = Member.start("app:two", other)) {
			stranger.acquire(KEY, 1, LONG);
			assertThat(this.server.cli("EXISTS", "other:{orders:42}")).isEqualTo("1");
			promptly().until(() -> this.server.cli("PUBSUB", "CHANNELS", "other:*").equals("other:grants:app:two"));
		}
	}

	// Tokens

	@Test
	void issuesTokensFromTheTimeOfRedisInMicroseconds() {
		long before = micros();
		assertThat(this.one.acquire(KEY, 1, LONG).firstToken()).isBetween(before, before + 60_000_000);
	}

	@Test
	void issuesGreaterTokensThanTheLastEvenIfTheClockHasGoneBack() {
		long future = System.currentTimeMillis() * 1_000 + 3_600_000_000L;
		this.server.cli("SET", FENCE, Long.toString(future));
		assertThat(this.one.acquire(KEY, 1, LONG).firstToken()).isEqualTo(future + 1);
	}

	@Test
	void issuesGreaterTokensThanTheHoldersEvenIfTheFenceHasGone() {
		long future = System.currentTimeMillis() * 1_000 + 3_600_000_000L;
		this.server.cli("SET", LOCK, "app:one:1 " + future + " 64", "PX", "60000");
		assertThat(this.two.queue(KEY, 1, LONG).mark()).isEqualTo(future + 63);
		this.one.release(KEY, 1);
		assertThat(this.two.awaitPush(KEY, 1).firstToken()).isEqualTo(future + 64);
	}

	@Test
	void marksTheLastTokenThatTheFenceKnowsOf() {
		long last = this.one.acquire(KEY, 1, LONG).firstToken();
		this.server.cli("SET", FENCE, Long.toString(last + 7), "PX", "60000");
		assertThat(this.two.queue(KEY, 1, LONG).mark()).isEqualTo(last + 7);
	}

	@Test
	void handsOverWithATokenFromTheTimeOfRedis() {
		this.one.acquire(KEY, 1, LONG);
		this.two.queue(KEY, 1, LONG);
		long before = micros();
		this.one.release(KEY, 1);
		assertThat(this.two.awaitPush(KEY, 1).firstToken()).isBetween(before, before + 60_000_000);
	}

	@Test
	void handsOverWithAGreaterTokenEvenIfTheClockHasGoneBack() {
		long future = System.currentTimeMillis() * 1_000 + 3_600_000_000L;
		this.server.cli("SET", LOCK, "app:one:1 " + future + " 64", "PX", "60000");
		this.server.cli("SET", FENCE, Long.toString(future + 63), "PX", "60000");
		this.two.queue(KEY, 1, LONG);
		this.one.release(KEY, 1);
		assertThat(this.two.awaitPush(KEY, 1).firstToken()).isEqualTo(future + 64);
	}

	@Test
	void restoresTheFenceAtTheEndOfTheBlock() {
		AcquireAnswer.Granted granted = (AcquireAnswer.Granted) this.one.ask(KEY, 1, LONG, 64, true);
		this.server.cli("FLUSHALL");
		this.one.renew(this.one.renewal(KEY, 1, granted, LONG));
		assertThat(number("GET", FENCE)).as("lock and fence had gone").isEqualTo(granted.firstToken() + 63);
		this.server.cli("DEL", FENCE);
		this.one.renew(this.one.renewal(KEY, 1, granted, LONG));
		assertThat(number("GET", FENCE)).as("the fence had gone").isEqualTo(granted.firstToken() + 63);
	}

	/**
	 * As after a failover that lost the grant, and kept what was written before.
	 */
	@Test
	void restoresARenewedGrantWhereOnlyThatIsForgotten() {
		this.one.acquire(KEY, 1, LONG);
		this.one.release(KEY, 1);
		String fenced = this.server.cli("GET", FENCE);
		AcquireAnswer.Granted granted = (AcquireAnswer.Granted) this.one.ask(KEY, 2, LONG, 64, true);
		this.server.cli("DEL", LOCK);
		this.server.cli("SET", FENCE, fenced, "PX", "60000");
		assertThat(this.one.renew(this.one.renewal(KEY, 2, granted, LONG))).isEqualTo(new RenewVerdict.Renewed());
		assertThat(this.server.cli("GET", LOCK)).isEqualTo("app:one:2 " + granted.firstToken() + " 64");
		assertThat(number("GET", FENCE)).isEqualTo(granted.firstToken() + 63);
	}

	@Test
	void restoresNothingThatOthersMayHaveHad() {
		AcquireAnswer.Granted granted = (AcquireAnswer.Granted) this.one.ask(KEY, 1, LONG, 64, true);
		this.server.cli("DEL", LOCK);
		for (long fenced = granted.firstToken(); fenced <= granted.firstToken() + 64; fenced++) {
			this.server.cli("SET", FENCE, Long.toString(fenced), "PX", "60000");
			assertDeleted(granted);
		}
	}

	@Test
	void restoresNothingWhereTheFenceIsNoToken() {
		AcquireAnswer.Granted granted = this.one.acquire(KEY, 1, LONG);
		this.server.cli("DEL", LOCK);
		for (String odd : new String[] { "", "abc", "-1", "1.5", "1e3", "0x7f", "9".repeat(30) }) {
			this.server.cli("SET", FENCE, odd);
			assertDeleted(granted);
		}
		this.server.cli("DEL", FENCE);
		this.server.cli("HSET", FENCE, "a", "b");
		assertDeleted(granted);
	}

	private void assertDeleted(AcquireAnswer.Granted granted) {
		assertThat(this.one.renew(this.one.renewal(KEY, 1, granted, LONG))).isInstanceOfSatisfying(
				RenewVerdict.Lost.class, (lost) -> assertThat(lost.cause()).isEqualTo(LossCause.DELETED));
		assertThat(this.server.cli("EXISTS", LOCK)).isEqualTo("0");
	}

	@Test
	void doesNotTrustAFenceThatIsNoToken() {
		for (String odd : new String[] { "", "abc", "-1", "1e300", "0x7f", "9".repeat(30) }) {
			this.server.cli("SET", FENCE, odd);
			assertThat(this.one.acquire(KEY, 1, LONG).firstToken()).isGreaterThan(1_000_000_000_000_000L);
			this.server.cli("DEL", LOCK);
		}
	}

	// Living and dead

	@Test
	void handsOverToAPollingEntryWithoutAPush() {
		Member spy = start("app:poller");
		Member poller = startAs("app:poller", "resetchannels");
		this.one.acquire(KEY, 1, LONG);
		assertThat(poller.queue(KEY, 1, LONG).pushed()).isFalse();
		this.one.release(KEY, 1);
		assertThat(poller.holder(KEY))
			.hasValueSatisfying((holder) -> assertThat(holder.grantId()).isEqualTo("app:poller:1"));
		poller.acquire(KEY, 1, LONG);
		this.server.cli("PUBLISH", "dlock:grants:app:poller", "2 1 1 1 dlock:{later}");
		spy.awaitPush("later", 2);
		assertThat(spy.listener().grants()).as("nothing came before").hasSize(1);
	}

	@Test
	void handsOverToAPollingEntryWhoseChannelNobodyListensTo() {
		Member poller = startAs("app:poller", "resetchannels");
		this.one.acquire(KEY, 1, LONG);
		poller.queue(KEY, 1, LONG);
		this.one.release(KEY, 1);
		assertThat(this.server.cli("GET", LOCK)).as("before it asks").startsWith("app:poller:1 ");
		poller.acquire(KEY, 1, LONG);
	}

	@Test
	void skipsAPollingEntryThatWasNotSeenWithinItsTtl() {
		Member poller = startAs("app:poller", "resetchannels");
		this.one.acquire(KEY, 1, LONG);
		poller.queue(KEY, 1, SHORT);
		this.two.queue(KEY, 1, LONG);
		passTime(SHORT.plusMillis(50));
		this.one.release(KEY, 1);
		this.two.awaitPush(KEY, 1);
	}

	@Test
	void dropsNobodyWhenPubsubIsRefused() {
		Member limited = startAs("app:limited", "&*", "-pubsub");
		limited.acquire(KEY, 1, LONG);
		this.two.queue(KEY, 1, LONG);
		limited.release(KEY, 1);
		this.two.awaitPush(KEY, 1);
	}

	@Test
	void prunesDeadEntriesAtTheHeadWhileTheLockIsHeld() {
		this.one.acquire(KEY, 1, LONG);
		addDeadEntries(10, 0);
		assertThat(this.two.queue(KEY, 1, LONG).position()).isEqualTo(7);
		this.two.queue(KEY, 1, LONG);
		assertThat(this.two.queue(KEY, 1, LONG).position()).isEqualTo(1);
		assertThat(this.server.cli("HKEYS", WAITING)).isEqualTo("app:two");
	}

	@Test
	void prunesDeadEntriesBehindALivingOneWhileTheLockIsHeld() {
		this.one.acquire(KEY, 1, LONG);
		addEntries("living", 5, 0, System.currentTimeMillis());
		this.two.queue(KEY, 1, LONG);
		addDeadEntries(10, 9_000_000_000_000_000L);
		for (int i = 0; i < 3; i++) {
			this.two.queue(KEY, 1, LONG);
		}
		assertThat(this.server.cli("ZRANGE", QUEUE, "5", "-1")).isEqualTo("app:two");
		assertThat(number("HLEN", WAITING)).isEqualTo(6);
	}

	@Test
	void clearsAtMost32DeadEntriesInOneRun() {
		this.one.acquire(KEY, 1, LONG);
		this.two.queue(KEY, 1, LONG);
		addDeadEntries(40, 0);
		this.one.release(KEY, 1);
		assertThat(this.server.cli("EXISTS", LOCK)).as("free for the next ask").isEqualTo("0");
		assertThat(number("ZCARD", QUEUE)).isEqualTo(9);
		assertThat(this.one.tryTo(KEY, 2, LONG)).isInstanceOf(AcquireAnswer.Held.class);
		this.two.awaitPush(KEY, 1);
		assertThat(this.server.cli("EXISTS", QUEUE, WAITING)).isEqualTo("0");
	}

	@Test
	void skipsEntriesThatCannotBeUnderstood() {
		this.one.acquire(KEY, 1, LONG);
		this.two.queue(KEY, 1, LONG);
		this.server.cli("ZADD", QUEUE, "0", "no-details", "1", "odd", "2", "zero");
		this.server.cli("HSET", WAITING, "odd", "what is this", "zero", "1 0 0 9999999999999 P");
		this.one.release(KEY, 1);
		this.two.awaitPush(KEY, 1);
		assertThat(this.server.cli("EXISTS", QUEUE, WAITING)).isEqualTo("0");
	}

	// Pushes

	@Test
	void dropsMessagesThatAreNoGrants() {
		for (String odd : new String[] { "", "hello", "1 2 3 4", "x 2 3 4 " + LOCK, "1 2 3 4 other:{a}",
				"1 2 99999999999 4 " + LOCK }) {
			this.server.cli("PUBLISH", "dlock:grants:app:two", odd);
		}
		this.one.acquire(KEY, 1, LONG);
		this.two.queue(KEY, 1, LONG);
		this.one.release(KEY, 1);
		this.two.awaitPush(KEY, 1);
		assertThat(this.two.listener().grants()).hasSize(1);
	}

	// Costs

	@Test
	void costsOneScriptToAskAndOneToHandOver() {
		this.one.acquire(KEY, 1, LONG);
		this.two.release("another", 1);
		try (CommandRecorder recorder = this.server.record()) {
			this.two.queue(KEY, 1, LONG);
			this.one.release(KEY, 1);
			this.two.awaitPush(KEY, 1);
			assertThat(recorder.commands(this.server)).hasSize(2)
				.allSatisfy((command) -> assertThat(command).contains("\"EVALSHA\""));
		}
	}

	@Test
	void goesOnWithoutNoticeWhenRedisHasForgottenTheScripts() {
		AcquireAnswer.Granted granted = this.one.acquire(KEY, 1, LONG);
		this.server.cli("SCRIPT", "FLUSH");
		this.two.queue(KEY, 1, LONG);
		this.one.renew(this.one.renewal(KEY, 1, granted, LONG));
		this.one.release(KEY, 1);
		this.two.awaitPush(KEY, 1);
		assertThat(this.one.holder(KEY)).isPresent();
		try (CommandRecorder recorder = this.server.record()) {
			this.two.release(KEY, 1);
			assertThat(recorder.commands(this.server)).singleElement().asString().contains("\"EVALSHA\"");
		}
	}

	private long micros() {
		String[] time = this.server.cli("TIME").split("\n", -1);
		return Long.parseLong(time[0]) * 1_000_000 + Long.parseLong(time[1]);
	}

	private void addDeadEntries(int count, long firstScore) {
		addEntries("dead", count, firstScore, System.currentTimeMillis() - Duration.ofHours(1).toMillis());
	}

	private void addEntries(String name, int count, long firstScore, long seen) {
		for (int i = 0; i < count; i++) {
			this.server.cli("ZADD", QUEUE, Long.toString(firstScore + i), name + i);
			this.server.cli("HSET", WAITING, name + i, "1 " + LONG.toMillis() + " 1 " + seen + " P");
		}
	}

}
