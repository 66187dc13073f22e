package io.dlock.redis;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import io.dlock.LossCause;
import io.dlock.core.AcquireAnswer;
import io.dlock.core.Member;
import io.dlock.core.RenewVerdict;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for keys that somebody else has written to, and for a Redis without memory.
 */
class ForeignValueTests extends OnRedis {

	private Member one;

	private Member two;

	@BeforeEach
	void startMembers() {
		this.one = start("app:one");
		this.two = start("app:two");
	}

	static Stream<Arguments> foreign() {
		return Stream.of(Arguments.of("hash", new String[] { "HSET", LOCK, "a", "b" }),
				Arguments.of("list", new String[] { "LPUSH", LOCK, "a" }),
				Arguments.of("string", new String[] { "SET", LOCK, "hello" }),
				Arguments.of("string", new String[] { "SET", LOCK, "" }),
				Arguments.of("string", new String[] { "SET", LOCK, "no-counter 1 1" }),
				Arguments.of("string", new String[] { "SET", LOCK, "app:one:1 1 1e3" }));
	}

	@ParameterizedTest
	@MethodSource("foreign")
	void takesAForeignValueForAnotherHolder(String type, String... command) {
		this.server.cli(command);
		String before = this.server.cli("DUMP", LOCK);
		String holder = "(not a dlock value: " + type + ")";
		assertThat(this.one.tryTo(KEY, 1, LONG)).isEqualTo(new AcquireAnswer.Held(holder, LONG));
		AcquireAnswer.Queued queued = this.one.queue(KEY, 1, LONG);
		assertThat(queued.holder()).isEqualTo(holder);
		assertThat(queued.remaining()).isEqualTo(LONG);
		this.one.release(KEY, 1);
		assertThat(this.one.renew(this.one.renewal(KEY, 1, new AcquireAnswer.Granted(5, 1), LONG)))
			.isEqualTo(new RenewVerdict.Lost(LossCause.TAKEN, holder));
		assertThat(this.one.holder(KEY))
			.hasValueSatisfying((found) -> assertThat(found.instanceId()).isEqualTo(holder));
		assertThat(this.server.cli("DUMP", LOCK)).as("left alone").isEqualTo(before);
		this.server.cli("DEL", LOCK);
		this.one.acquire(KEY, 1, LONG);
	}

	@Test
	void takesALockWithoutATtlForOneThatLastsAsLongAsTheAskersOwn() {
		this.one.acquire(KEY, 1, LONG);
		this.server.cli("PERSIST", LOCK);
		assertThat(this.two.queue(KEY, 1, SHORT).remaining()).isEqualTo(SHORT);
		assertThat(this.two.holder(KEY)).hasValueSatisfying(
				(holder) -> assertThat(holder.remaining()).as("no end in sight").isGreaterThan(Duration.ofDays(1_000)));
	}

	@ParameterizedTest
	@ValueSource(strings = { QUEUE, WAITING })
	void takesAQueueOfAnotherTypeAsEmptyAndLeavesItAlone(String key) {
		this.server.cli("SET", key, "hello");
		this.one.acquire(KEY, 1, LONG);
		AcquireAnswer.Queued queued = this.two.queue(KEY, 1, LONG);
		assertThat(queued.pushed()).as("in no queue, so it has to poll").isFalse();
		assertThat(queued.position()).isEqualTo(1);
		this.two.release(KEY, 1);
		assertThat(this.one.passOn(KEY, 1, 2, LONG)).isInstanceOf(AcquireAnswer.Granted.class);
		this.one.release(KEY, 2);
		assertThat(this.two.tryTo(KEY, 2, LONG)).isInstanceOf(AcquireAnswer.Granted.class);
		assertThat(this.server.cli("GET", key)).isEqualTo("hello");
	}

	@Test
	void takesAFenceOfAnotherTypeForNone() {
		this.server.cli("HSET", FENCE, "a", "b");
		AcquireAnswer.Granted granted = this.one.acquire(KEY, 1, LONG);
		assertThat(number("GET", FENCE)).isEqualTo(granted.firstToken());
	}

	@ParameterizedTest
	@ValueSource(strings = { "0x10", "1e3", "-5", "1.5", " 12" })
	void givesBackNothingWhoseTokenIsNone(String odd) {
		String foreign = "app:one:1 " + odd + " 1";
		this.server.cli("SET", LOCK, foreign);
		this.server.cli("SET", FENCE, odd);
		this.one.release(KEY, 1);
		assertThat(this.server.cli("GET", LOCK)).isEqualTo(foreign);
	}

	@Test
	void renewsTheOthersWhenOneKeyIsOfAnotherType() {
		AcquireAnswer.Granted first = this.one.acquire("first", 1, TEN_SECONDS);
		AcquireAnswer.Granted second = this.one.acquire("second", 2, TEN_SECONDS);
		AcquireAnswer.Granted third = this.one.acquire("third", 3, TEN_SECONDS);
		this.server.cli("DEL", "dlock:{second}");
		this.server.cli("HSET", "dlock:{second}", "a", "b");
		List<RenewVerdict> verdicts = this.one.renew(List.of(this.one.renewal("first", 1, first, LONG),
				this.one.renewal("second", 2, second, LONG), this.one.renewal("third", 3, third, LONG)));
		assertThat(verdicts).containsExactly(new RenewVerdict.Renewed(),
				new RenewVerdict.Lost(LossCause.TAKEN, "(not a dlock value: hash)"), new RenewVerdict.Renewed());
		assertThat(number("PTTL", "dlock:{third}")).isGreaterThan(TEN_SECONDS.toMillis());
	}

	@Test
	void renewsTheOthersWhenRedisRefusesOne() {
		AcquireAnswer.Granted forgotten = this.one.acquire("forgotten", 1, LONG);
		this.server.cli("FLUSHALL");
		AcquireAnswer.Granted held = this.one.acquire("held", 2, TEN_SECONDS);
		this.server.cli("CONFIG", "SET", "maxmemory", "1");
		List<RenewVerdict> verdicts = this.one
			.renew(List.of(this.one.renewal("forgotten", 1, forgotten, LONG), this.one.renewal("held", 2, held, LONG)));
		assertThat(verdicts.get(0)).isInstanceOfSatisfying(RenewVerdict.Unknown.class,
				(unknown) -> assertThat(unknown.reason()).startsWith("OOM"));
		assertThat(verdicts.get(1)).isEqualTo(new RenewVerdict.Renewed());
	}

	@Test
	void refusesClearlyToAcquireWhenRedisIsOutOfMemory() {
		this.server.cli("CONFIG", "SET", "maxmemory", "1");
		assertThatThrownBy(() -> this.one.acquire(KEY, 1, LONG)).rootCause()
			.hasMessageStartingWith("OOM command not allowed");
		assertThat(this.server.cli("KEYS", "*")).isEmpty();
	}

	@Test
	void doesNotStopHalfWayWhenRedisIsOutOfMemory() {
		AcquireAnswer.Granted granted = this.one.acquire(KEY, 1, Duration.ofSeconds(30));
		this.two.queue(KEY, 1, LONG);
		this.one.acquire("another", 2, LONG);
		this.server.cli("DEL", FENCE, "dlock:{another}:fence");
		this.server.cli("CONFIG", "SET", "maxmemory", "1");
		assertThat(this.one.renew(this.one.renewal(KEY, 1, granted, LONG))).isEqualTo(new RenewVerdict.Renewed());
		this.one.acquire(KEY, 1, LONG);
		this.one.release(KEY, 1);
		this.two.awaitPush(KEY, 1);
		assertThat(this.one.holder(KEY))
			.hasValueSatisfying((holder) -> assertThat(holder.instanceId()).isEqualTo("app:two"));
		assertThat(this.server.cli("EXISTS", FENCE)).isEqualTo("1");
		this.one.release("another", 2);
		assertThat(this.one.holder("another")).isEmpty();
		assertThat(this.server.cli("EXISTS", "dlock:{another}:fence")).isEqualTo("1");
	}

}
