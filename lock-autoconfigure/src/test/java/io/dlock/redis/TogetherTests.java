package io.dlock.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;

import io.dlock.core.AcquireAnswer;
import io.dlock.core.AcquireRequest;
import io.dlock.core.GrantId;
import io.dlock.core.Member;
import io.dlock.core.NotSentException;
import io.dlock.core.RecordingListener;
import io.dlock.core.RefusedException;
import io.dlock.testing.CommandRecorder;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.api.StatefulRedisConnection;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Steps that one command takes are decided as if each had been sent alone.
 */
class TogetherTests extends OnRedis {

	private static final Duration TIMEOUT = Duration.ofSeconds(2);

	private final LockKeys keys = new LockKeys("dlock:");

	private @Nullable StatefulRedisConnection<String, String> connection;

	private UnaryOperator<Throwable> explanation = Refusals::explain;

	private Runnable afterFirstCommand = () -> {
	};

	private StepSender sender;

	@BeforeEach
	void connect() {
		this.factory.start();
		this.connection = ((RedisClient) this.factory.getRequiredNativeClient()).connect();
		this.sender = new StepSender(this::takeConnection, TIMEOUT,
				new ConnectionReport("Redis", new RecordingListener()), (failure) -> this.explanation.apply(failure));
	}

	@Test
	void grantsAndFreesManyLocksByOneCommandEach() throws Exception {
		LockStep<AcquireAnswer> first = ask("a", 1, "L");
		LockStep<AcquireAnswer> second = ask("b", 2, "T");
		together(first, second);
		AcquireAnswer.Granted granted = (AcquireAnswer.Granted) first.outcome().join();
		assertThat(this.server.cli("GET", "dlock:{a}")).isEqualTo("me:1 " + granted.firstToken() + " 1");
		assertThat(second.outcome().join()).isInstanceOf(AcquireAnswer.Granted.class);

		LockStep<Void> third = release("a", 1);
		LockStep<Void> fourth = release("b", 2);
		try (CommandRecorder recorder = this.server.record()) {
			together(third, fourth);
			assertThat(recorder.commands(this.server)).singleElement().asString().contains("EVALSHA");
		}
		assertThat(third.outcome()).isCompleted();
		assertThat(fourth.outcome()).isCompleted();
		assertThat(this.server.cli("EXISTS", "dlock:{a}", "dlock:{b}")).isEqualTo("0");
	}

	@Test
	void keepsToTheTermsOfEachStep() {
		long seen = System.currentTimeMillis() * 2_000;
		LockStep<AcquireAnswer> first = ask("a", 1, TEN_SECONDS, 64, 0);
		LockStep<AcquireAnswer> second = ask("b", 2, SHORT, 1, seen);
		LockStep<AcquireAnswer> third = ask("c", 3, TEN_SECONDS.multipliedBy(6), 2, 0);
		together(first, second, third);
		assertThat(granted(first)).isEqualTo(new AcquireAnswer.Granted(firstToken("a"), 64));
		assertThat(this.server.cli("GET", "dlock:{a}:fence")).isEqualTo("" + (firstToken("a") + 63));
		assertThat(granted(second).tokens()).isEqualTo(1);
		assertThat(this.server.cli("GET", "dlock:{b}:fence")).isEqualTo("" + granted(second).firstToken());
		assertThat(granted(third)).isEqualTo(new AcquireAnswer.Granted(firstToken("c"), 2));
		assertThat(List.of(first, second, third)).as("the instance has seen a token")
			.allSatisfy((step) -> assertThat(granted(step).firstToken()).isGreaterThan(seen));
		assertThat(Long.parseLong(this.server.cli("PTTL", "dlock:{a}"))).isBetween(5_000L, 10_000L);
		assertThat(Long.parseLong(this.server.cli("PTTL", "dlock:{b}"))).isBetween(1L, SHORT.toMillis());
		assertThat(Long.parseLong(this.server.cli("PTTL", "dlock:{c}"))).isBetween(55_000L, 60_000L);

		together(release("a", 1), release("b", 2), release("c", 3));
		assertThat(this.server.cli("EXISTS", "dlock:{a}", "dlock:{b}", "dlock:{c}")).isEqualTo("0");
	}

	private static AcquireAnswer.Granted granted(LockStep<AcquireAnswer> step) {
		return (AcquireAnswer.Granted) step.outcome().join();
	}

	private long firstToken(String key) {
		return Long.parseLong(this.server.cli("GET", "dlock:{" + key + "}").split(" ", -1)[1]);
	}

	@Test
	void queuesBehindAnotherAndHandsOverToIt() {
		Member other = start("other");
		other.acquire("a", 1, TEN_SECONDS);
		other.acquire("b", 2, TEN_SECONDS);
		LockStep<AcquireAnswer> first = ask("a", 1, "P");
		LockStep<AcquireAnswer> second = ask("c", 2, "L");
		LockStep<AcquireAnswer> third = ask("b", 3, "L");
		together(first, second, third, ask("e", 4, "L"), ask("f", 5, "L"));
		assertThat(((AcquireAnswer.Queued) first.outcome().join()).holder()).isEqualTo("other");
		assertThat(((AcquireAnswer.Queued) third.outcome().join()).holder()).isEqualTo("other");
		assertThat(second.outcome().join()).isInstanceOf(AcquireAnswer.Granted.class);

		other.queue("c", 3, TEN_SECONDS);
		together(release("e", 4), release("c", 2), release("f", 5), ask("d", 6, "L"));
		assertThat(this.server.cli("GET", "dlock:{c}")).startsWith("other:3 ");
		assertThat(this.server.cli("EXISTS", "dlock:{e}", "dlock:{f}")).isEqualTo("0");
		promptly()
			.until(() -> other.listener().grants().stream().anyMatch((push) -> push.id().equals(other.grant("c", 3))));
	}

	@Test
	void looksAtAllLocksByFewCommandsWhereNobodyElseWantsOne() throws Exception {
		try (CommandRecorder recorder = this.server.record()) {
			together(ask("a", 1, "L"), ask("b", 2, "L"), ask("c", 3, "L"));
			assertThat(recorder.commandsInScripts(this.server)).hasSize(3 + 3 * 3)
				.startsWith("TIME", "EXISTS", "MGET")
				.endsWith("PTTL", "SET", "SET");
		}
		try (CommandRecorder recorder = this.server.record()) {
			together(release("a", 1), release("b", 2), release("c", 3));
			assertThat(recorder.commandsInScripts(this.server)).containsExactly("TIME", "EXISTS", "MGET", "DEL");
		}
	}

	@Test
	void freesWhatItsGrantHolds() {
		together(ask("a", 1, "L"), ask("b", 2, "L"), ask("c", 3, "L"));
		this.server.cli("SET", "dlock:{b}", "me:4 7 1");
		this.server.cli("DEL", "dlock:{c}");
		this.server.cli("RPUSH", "dlock:{c}", "foreign");
		together(release("a", 1), release("b", 2), release("c", 3));
		assertThat(this.server.cli("EXISTS", "dlock:{a}")).isEqualTo("0");
		assertThat(this.server.cli("GET", "dlock:{b}")).isEqualTo("me:4 7 1");
		assertThat(this.server.cli("LLEN", "dlock:{c}")).isEqualTo("1");
	}

	@Test
	void keepsAKeyTakenForAsLongAsAJobWants() {
		CompletableFuture<?> job = this.sender.alone(
				ask(new AcquireRequest(new GrantId("a", "me", 1), TEN_SECONDS, 1, 0, false, TEN_SECONDS, null), "T"));
		job.join();
		together(ask("b", 2, "L"), ask("c", 3, "L"));
		together(release("a", 1), release("b", 2));
		assertThat(this.server.cli("GET", "dlock:{a}")).startsWith("me:1 ");
		assertThat(this.server.cli("EXISTS", "dlock:{b}")).isEqualTo("0");
	}

	@Test
	void overtakesNobody() {
		start("former").acquire("a", 1, SHORT);
		Member other = start("other");
		other.queue("a", 2, TEN_SECONDS);
		passTime(SHORT);
		LockStep<AcquireAnswer> tried = ask("a", 1, "T");
		LockStep<AcquireAnswer> free = ask("b", 2, "T");
		together(tried, free);
		assertThat(((AcquireAnswer.Held) tried.outcome().join()).holder()).isEqualTo("other");
		assertThat(free.outcome().join()).isInstanceOf(AcquireAnswer.Granted.class);
		assertThat(this.server.cli("GET", "dlock:{a}")).startsWith("other:2 ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "+mget", "-mget" })
	void goesOnFromTheFenceOfEachLock(String right) {
		this.server.cli("ACL", "SETUSER", "default", right);
		long ahead = 9_000_000_000_000_000L;
		this.server.cli("SET", "dlock:{b}:fence", "" + ahead);
		this.server.cli("SET", "dlock:{c}:fence", "" + (ahead + 5));
		LockStep<AcquireAnswer> first = ask("a", 1, "L");
		LockStep<AcquireAnswer> second = ask("b", 2, "L");
		LockStep<AcquireAnswer> third = ask("c", 3, "L");
		together(first, second, third);
		assertThat(granted(first).firstToken()).isLessThan(ahead).isEqualTo(firstToken("a"));
		assertThat(granted(second).firstToken()).isEqualTo(ahead + 1).isEqualTo(firstToken("b"));
		assertThat(granted(third).firstToken()).isEqualTo(ahead + 6).isEqualTo(firstToken("c"));
		assertThat(this.server.cli("GET", "dlock:{b}:fence")).isEqualTo("" + (ahead + 1));
		assertThat(this.server.cli("GET", "dlock:{c}:fence")).isEqualTo("" + (ahead + 6));
		together(release("a", 1), release("b", 2), release("c", 3));
		assertThat(this.server.cli("EXISTS", "dlock:{a}", "dlock:{b}", "dlock:{c}")).isEqualTo("0");
	}

	@Test
	void sendsAloneWhatIsMoreThanItKnows() {
		Member other = start("other");
		other.acquire("a", 1, TEN_SECONDS);
		LockStep<AcquireAnswer> tried = ask("a", 1, "T");
		LockStep<AcquireAnswer> free = ask("b", 2, "T");
		LockStep<Void> notMine = release("a", 3);
		together(tried, free, notMine);
		assertThat(free.outcome().join()).isInstanceOf(AcquireAnswer.Granted.class);
		assertThat(((AcquireAnswer.Held) tried.outcome().join()).holder()).isEqualTo("other");
		assertThat(notMine.outcome().join()).isNull();
		assertThat(this.server.cli("GET", "dlock:{a}")).startsWith("other:1 ");
	}

	@Test
	void grantsNothingAnewThatIsGivenUpByALaterStep() {
		together(ask("a", 1, "L"), ask("b", 2, "L"));
		LockStep<AcquireAnswer> askedAgain = ask("a", 1, "L");
		LockStep<Void> end = release("a", 1);
		this.sender.expect(end);
		CompletableFuture<?> first = this.sender.together(List.of(askedAgain, ask("d", 4, "L")));
		CompletableFuture<?> second = this.sender.together(List.of(end, ask("e", 5, "L")));
		CompletableFuture.allOf(first, second, askedAgain.outcome(), end.outcome()).join();
		assertThat(askedAgain.outcome().join()).isInstanceOf(AcquireAnswer.Held.class);
		assertThat(this.server.cli("EXISTS", "dlock:{a}")).isEqualTo("0");

		LockStep<AcquireAnswer> later = ask("b", 2, "L");
		together(later, ask("c", 3, "L"));
		assertThat(later.outcome().join()).as("asked again, and not given up")
			.isInstanceOf(AcquireAnswer.Granted.class);
	}

	@Test
	void decidesAStepWhoseFailureCannotBeExplained() {
		this.explanation = (failure) -> {
			throw new IllegalStateException("no words");
		};
		this.server.cli("ACL", "SETUSER", "default", "resetkeys", "~dlock:{a}*");
		LockStep<AcquireAnswer> refused = ask("b", 1, "L");
		LockStep<AcquireAnswer> granted = ask("a", 2, "L");
		together(refused, granted);
		assertThatExceptionOfType(CompletionException.class).isThrownBy(refused.outcome()::join)
			.withMessageContaining("no words");
		assertThat(granted.outcome().join()).isInstanceOf(AcquireAnswer.Granted.class);
	}

	@Test
	void doesNotSayOfAStepThatItWasNotSentWhenItMayHaveBeenTakenBeforeTheRefusal() {
		this.server.cli("ACL", "SETUSER", "default", "resetkeys", "~dlock:{a}*");
		this.afterFirstCommand = () -> this.connection = null;
		LockStep<AcquireAnswer> first = ask("a", 1, "L");
		together(first, ask("b", 2, "L"));
		assertThatExceptionOfType(CompletionException.class).isThrownBy(first.outcome()::join)
			.satisfies((failure) -> assertThat(failure.getCause()).isNotInstanceOf(NotSentException.class))
			.withMessageContaining("was not asked");
	}

	@Test
	void saysThatNothingWasSentWithoutAConnection() {
		this.connection = null;
		LockStep<AcquireAnswer> first = ask("a", 1, "L");
		LockStep<Void> second = release("b", 2);
		together(first, second);
		assertThat(List.of(first, second))
			.allSatisfy((step) -> assertThatExceptionOfType(CompletionException.class).isThrownBy(step.outcome()::join)
				.withCauseInstanceOf(NotSentException.class));
	}

	@Test
	void letsNoOtherSufferFromWhatRedisRefusesToOne() {
		this.server.cli("ACL", "SETUSER", "default", "resetkeys", "~dlock:{a}*");
		LockStep<AcquireAnswer> permitted = ask("a", 1, "L");
		LockStep<AcquireAnswer> refused = ask("b", 2, "L");
		together(permitted, refused);
		assertThat(permitted.outcome().join()).isInstanceOf(AcquireAnswer.Granted.class);
		assertThatExceptionOfType(CompletionException.class).isThrownBy(refused.outcome()::join)
			.withCauseInstanceOf(RefusedException.class)
			.withMessageContaining("NOPERM");
	}

	@Test
	void letsNoOtherSufferFromAStepThatFailsInTheMiddle() {
		together(ask("a", 1, "L"), ask("b", 2, "L"));
		LockStep<Void> end = release("a", 1);
		LockStep<AcquireAnswer> before = ask("c", 3, "L");
		LockStep<AcquireAnswer> refused = ask("d", 4, Duration.ofMillis(Long.MAX_VALUE), 1, 0);
		LockStep<AcquireAnswer> behind = ask("e", 5, "L");
		together(end, before, refused, behind);
		assertThatExceptionOfType(CompletionException.class).isThrownBy(refused.outcome()::join)
			.withMessageContaining("invalid expire time");
		assertThat(end.outcome().join()).isNull();
		assertThat(granted(before).firstToken()).isEqualTo(firstToken("c"));
		assertThat(granted(behind).firstToken()).isEqualTo(firstToken("e"));
		assertThat(this.server.cli("EXISTS", "dlock:{a}", "dlock:{d}")).isEqualTo("0");
	}

	@Test
	void doesNotKnowWhatHasHappenedToAnyWhenRedisDoesNotAnswer() {
		this.server.cli("CLIENT", "PAUSE", "10000");
		LockStep<AcquireAnswer> first = ask("a", 1, "L");
		LockStep<Void> second = release("b", 2);
		together(first, second);
		assertThat(List.of(first, second))
			.allSatisfy((step) -> assertThatExceptionOfType(CompletionException.class).isThrownBy(step.outcome()::join)
				.withCauseInstanceOf(RedisCommandTimeoutException.class));
	}

	private @Nullable StatefulRedisConnection<String, String> takeConnection() {
		StatefulRedisConnection<String, String> taken = this.connection;
		this.afterFirstCommand.run();
		return taken;
	}

	private void together(LockStep<?>... steps) {
		CompletableFuture<?> unused = this.sender.together(List.of(steps));
		for (LockStep<?> step : steps) {
			step.outcome().exceptionally((failure) -> null).join();
		}
	}

	private LockStep<AcquireAnswer> ask(String key, long counter, String mode) {
		return ask(new AcquireRequest(new GrantId(key, "me", counter), TEN_SECONDS, 1, 0, !mode.equals("T"),
				Duration.ZERO, null), mode);
	}

	private LockStep<AcquireAnswer> ask(String key, long counter, Duration ttl, int tokens, long seen) {
		return ask(new AcquireRequest(new GrantId(key, "me", counter), ttl, tokens, seen, true, Duration.ZERO, null),
				"L");
	}

	private LockStep<AcquireAnswer> ask(AcquireRequest request, String mode) {
		return new LockStep<>(LockScript.ACQUIRE, this.keys.all(request.id().key()), Answers::acquire,
				new AcquireCommand(request, mode, null).arguments());
	}

	private LockStep<Void> release(String key, long counter) {
		return new LockStep<>(LockScript.RELEASE, this.keys.all(key), TogetherTests::nothing,
				new GrantId(key, "me", counter).toString());
	}

	private static @Nullable Void nothing(List<Object> reply) {
		assertThat(reply).containsExactly("");
		return null;
	}

}
