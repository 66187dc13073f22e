package io.dlock.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import io.dlock.core.AcquireAnswer;
import io.dlock.core.DeniedException;
import io.dlock.core.LockStore;
import io.dlock.core.Member;
import io.dlock.core.NotSentException;
import io.dlock.core.RecordingListener;
import io.dlock.core.RenewVerdict;
import io.dlock.testing.NewThreads;
import io.dlock.testing.TestConnectionFactories;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.TimeoutOptions;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.InstanceOfAssertFactories.THROWABLE;
import static org.mockito.Mockito.mock;

/**
 * Tests for connections that are not there, go away, and come back.
 */
@ExtendWith(OutputCaptureExtension.class)
class OutageTests extends OnRedis {

	private final NewThreads threads = new NewThreads();

	@Test
	void theThreadThatConnectsHasNothingOfWhoeverStartsTheStore() throws InterruptedException {
		InheritableThreadLocal<String> user = new InheritableThreadLocal<>();
		AtomicReference<String> seen = new AtomicReference<>("not run");
		AtomicReference<ClassLoader> loader = new AtomicReference<>();
		Thread starter = new Thread(() -> {
			user.set("somebody");
			Thread.currentThread().setContextClassLoader(null);
			RedisConnections.thread(() -> {
				seen.set(user.get());
				loader.set(Thread.currentThread().getContextClassLoader());
			}).start();
		});
		starter.start();
		promptly().until(() -> loader.get() != null);
		assertThat(seen.get()).isNull();
		assertThat(loader.get()).isSameAs(RedisLockStore.class.getClassLoader());
	}

	@Test
	void connectsWhenRedisAppears() {
		this.server.kill();
		RecordingListener listener = new RecordingListener();
		store().start("app:one", listener);
		promptly().until(() -> !listener.connections().isEmpty());
		assertThat(listener.connections()).containsExactly("disconnected");
		this.server.restart();
		promptly().until(() -> listener.connections().contains("connected"));
		assertThat(listener.connections()).as("one outage, one cause").containsExactly("disconnected", "connected");
		promptly().until(() -> connectThreads() == 0);
	}

	@Test
	void anErrorOfTheClientIsToldAndTriedAgainAfterAPause() throws Exception {
		AtomicInteger tried = new AtomicInteger();
		LettuceConnectionFactory broken = new LettuceConnectionFactory(new RedisStandaloneConfiguration(),
				LettuceClientConfiguration.builder().commandTimeout(Duration.ofSeconds(1)).build()) {

			@Override
			public AbstractRedisClient getRequiredNativeClient() {
				tried.incrementAndGet();
				throw new NoSuchMethodError("of another version");
			}

		};
		RecordingListener listener = new RecordingListener();
		store(broken).start("app:one", listener);
		promptly().until(() -> tried.get() > 6);
		assertThat(connectThreads()).isEqualTo(1);
		assertThat(listener.connections()).containsExactly("disconnected");
	}

	@Test
	void connectsWhenTheMachineHasAThreadForItAgain() {
		RecordingListener listener = new RecordingListener();
		AtomicInteger tried = new AtomicInteger();
		try (RedisConnections connections = new RedisConnections(this.factory,
				new RedisStoreSettings("dlock:", "the tested one"), "app:one", (granted) -> {
				}, new ConnectionReport("the tested one", listener), (work) -> {
					if (tried.incrementAndGet() < 3) {
						throw new OutOfMemoryError("unable to create native thread");
					}
					return RedisConnections.thread(work);
				})) {
			connections.open();
			promptly().until(() -> connections.commands() != null);
			assertThat(listener.connections()).containsExactly("disconnected", "connected");
		}
	}

	@Test
	void tellsOfAnOutageAndItsEnd() {
		Member one = start("app:one");
		Member two = start("app:two");
		this.server.kill();
		promptly().until(() -> one.listener().connections().contains("disconnected"));
		this.server.restart();
		promptly().until(() -> subscribers("app:one") == 1 && subscribers("app:two") == 1);
		promptly().until(() -> one.listener().connections().lastIndexOf("connected") > 1);
		one.acquire(KEY, 1, LONG);
		two.queue(KEY, 1, LONG);
		one.release(KEY, 1);
		two.awaitPush(KEY, 1);
	}

	@Test
	void sendsNothingWhileRedisIsAwayAndSaysSoAtOnce() {
		Member one = start("app:one");
		this.server.kill();
		promptly().until(() -> one.listener().connections().contains("disconnected"));
		long begin = System.nanoTime();
		assertThat(failureOf(() -> one.tryTo(KEY, 1, LONG))).isInstanceOf(NotSentException.class)
			.hasMessageContaining("Redis, the tested one");
		assertThat(failureOf(() -> one.release(KEY, 1))).isInstanceOf(NotSentException.class);
		assertThat(failureOf(() -> one.holder(KEY))).isInstanceOf(NotSentException.class);
		assertThat(one.renew(one.renewal(KEY, 1, new AcquireAnswer.Granted(1, 1), LONG)))
			.isInstanceOf(RenewVerdict.Unknown.class);
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(100));
	}

	@Test
	void completesWithinTheCommandTimeoutWhenRedisDoesNotAnswer() {
		assertCompletesInTime(Member.start("app:one", store()));
	}

	static Stream<TimeoutOptions> limitsThatAreNone() {
		return Stream.of(TimeoutOptions.create(), TimeoutOptions.enabled(Duration.ofMinutes(1)));
	}

	@ParameterizedTest
	@MethodSource("limitsThatAreNone")
	void completesWithinTheCommandTimeoutThoughTheClientHasNoSuchLimit(TimeoutOptions limit) {
		ClientOptions options = ClientOptions.builder().timeoutOptions(limit).build();
		LettuceConnectionFactory factory = new LettuceConnectionFactory(
				new RedisStandaloneConfiguration(this.server.host(), this.server.port()),
				LettuceClientConfiguration.builder()
					.clientOptions(options)
					.commandTimeout(TestConnectionFactories.COMMAND_TIMEOUT)
					.shutdownTimeout(Duration.ZERO)
					.build());
		factory.afterPropertiesSet();
		factory.start();
		assertCompletesInTime(Member.start("app:one", store(closing(factory))));
	}

	private void assertCompletesInTime(Member one) {
		this.server.pause();
		long begin = System.nanoTime();
		Throwable failure = failureOf(() -> one.tryTo(KEY, 1, LONG));
		Duration took = Duration.ofNanos(System.nanoTime() - begin);
		this.server.resume();
		assertThat(failure).as("unknown").isNotInstanceOf(NotSentException.class);
		assertThat(took).isBetween(TestConnectionFactories.COMMAND_TIMEOUT.minusMillis(50),
				TestConnectionFactories.COMMAND_TIMEOUT.plusMillis(500));
	}

	@Test
	void saysAtOnceThatACommandUnderWayIsUnknownWhenTheConnectionBreaks() {
		Member one = start("app:one");
		this.server.cli("CLIENT", "PAUSE", "60000", "WRITE");
		CompletableFuture<Void> answer = one.store().release(one.grant(KEY, 1)).toCompletableFuture();
		promptly().until(() -> this.server.cli("CLIENT", "LIST").contains("cmd=evalsha"));
		this.server.kill();
		Throwable failure = catchThrowable(answer::join);
		assertThat(failure).isInstanceOf(CompletionException.class);
		assertThat(failure.getCause()).isNotInstanceOf(NotSentException.class);
	}

	@Test
	void letsWaitersAskAgainWhenOnlyTheChannelWasAway() {
		Member one = start("app:one");
		one.acquire(KEY, 1, LONG);
		Member two = start("app:two");
		two.queue(KEY, 1, LONG);
		this.server.cli("CLIENT", "KILL", "TYPE", "pubsub");
		one.release(KEY, 1);
		promptly().until(() -> two.listener().connections().size() == 2);
		assertThat(two.listener().connections()).containsExactly("connected", "connected");
		two.acquire(KEY, 1, LONG);
	}

	@Test
	void pollsWhileThePermissionToSubscribeIsAway() {
		Member limited = startAs("app:limited", "allchannels");
		awaitListening(this.server, limited);
		start("app:one").acquire(KEY, 1, LONG);
		assertThat(limited.queue(KEY, 1, LONG).pushed()).isTrue();
		this.server.cli("ACL", "SETUSER", "limited", "resetchannels");
		promptly().until(() -> !limited.queue(KEY, 1, LONG).pushed());
		this.server.cli("ACL", "SETUSER", "limited", "allchannels");
		this.server.cli("CLIENT", "KILL", "USER", "limited");
		promptly().ignoreExceptions().until(() -> limited.queue(KEY, 1, LONG).pushed());
	}

	@Test
	void warnsOnceThatItPollsWithoutPermissionToSubscribe(CapturedOutput output) {
		Member one = start("app:one");
		one.acquire(KEY, 1, LONG);
		Member limited = startAs("app:limited", "resetchannels");
		promptly().until(() -> output.getOut().contains("does not let this instance listen"));
		assertThat(limited.queue(KEY, 1, LONG).pushed()).isFalse();
		this.server.cli("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
		promptly().until(() -> limited.listener().connections().size() >= 3);
		assertThat(output.getOut().split("does not let this instance listen", -1)).hasSize(2);
		assertThat(output.getOut()).contains("Redis, the tested one", "dlock:grants:app:limited", "&dlock:grants:*");
	}

	@Test
	void warnsOnceThatItMayNotTellOthers(CapturedOutput output) {
		Member limited = startAs("app:limited", "&*", "-publish");
		Member two = start("app:two");
		for (int i = 0; i < 3; i++) {
			limited.acquire(KEY, i, LONG);
			two.queue(KEY, i, LONG);
			limited.release(KEY, i);
			two.acquire(KEY, i, LONG);
			two.release(KEY, i);
		}
		assertThat(output.getOut().split("does not let this instance tell others", -1)).hasSize(2);
		assertThat(output.getOut()).contains("+publish", "&dlock:grants:*");
	}

	@Test
	void namesAWrongPasswordButNeverShowsIt(CapturedOutput output) {
		this.server.cli("CONFIG", "SET", "requirepass", "the-real-one");
		RecordingListener listener = new RecordingListener();
		LockStore store = store(closing(TestConnectionFactories.to(this.server, "default", "a-wrong-guess")));
		store.start("app:one", listener);
		promptly().until(() -> !listener.causes().isEmpty());
		Throwable notSent = catchThrowable(() -> store.holder(KEY).toCompletableFuture().join());
		assertThat(notSent).hasCauseInstanceOf(DeniedException.class)
			.hasStackTraceContaining("Redis, the tested one was not asked")
			.rootCause()
			.hasMessageStartingWith("WRONGPASS invalid username-password pair or user is disabled: ")
			.hasMessageContaining("dlock.password");
		assertThat(Throwables.getStackTrace(notSent)).doesNotContain("a-wrong-guess");
		assertThat(output.getAll()).doesNotContain("a-wrong-guess");
	}

	@Test
	void namesAPasswordThatHasBecomeWrongAndComesBackWhenItIsRight() {
		Member one = startAs("app:one", "allchannels");
		awaitListening(this.server, one);
		this.server.cli("ACL", "SETUSER", "limited", "resetpass", ">another");
		this.server.cli("CLIENT", "KILL", "USER", "limited");
		promptly().untilAsserted(() -> assertThat(failureOf(() -> one.holder(KEY))).isInstanceOf(DeniedException.class)
			.hasMessageContaining("WRONGPASS")
			.hasMessageContaining("dlock.password"));
		assertThat(one.listener().causes()).last(THROWABLE).hasMessageContaining("dlock.password");
		long denied = deniedLogins();
		passTime(Duration.ofSeconds(2));
		assertThat(deniedLogins() - denied).as("less and less often").isLessThan(5);
		this.server.cli("ACL", "SETUSER", "limited", "resetpass", ">secret");
		promptly().until(() -> one.listener().connections().lastIndexOf("connected") > 0);
		one.acquire(KEY, 1, LONG);
		promptly().until(() -> subscribers("app:one") == 1);
	}

	/** As Redis counts those that are alike, within a minute. */
	private long deniedLogins() {
		List<String> entry = this.server.cli("ACL", "LOG", "1").lines().toList();
		return Long.parseLong(entry.get(entry.indexOf("count") + 1));
	}

	@Test
	void endsItsThreadAndConnectionsWhenStopped() {
		LockStore store = store();
		Member one = Member.start("app:one", store);
		promptly().until(() -> subscribers("app:one") == 1);
		one.close();
		promptly().until(() -> subscribers("app:one") == 0);
		promptly().until(() -> this.server.cli("CLIENT", "LIST").lines().count() == 1);
		assertThat(one.listener().connections()).as("its own doing is no outage").containsExactly("connected");
	}

	@Test
	void endsItsThreadWhenStoppedBeforeRedisAppears() {
		this.server.kill();
		LockStore store = store();
		RecordingListener listener = new RecordingListener();
		store.start("app:one", listener);
		promptly().until(() -> !listener.connections().isEmpty());
		assertThat(connectThreads()).isEqualTo(1);
		store.stop();
		promptly().until(() -> connectThreads() == 0);
	}

	@Test
	void startsAgainAfterItsFactoryWasStoppedAndStarted() {
		LockStore store = store();
		Member.start("app:one", store).close();
		this.factory.stop();
		this.factory.start();
		try (Member again = Member.start("app:again", store)) {
			again.acquire(KEY, 1, LONG);
		}
	}

	@Test
	void connectsWhenItsFactoryIsStartedLater() {
		this.factory.stop();
		RecordingListener listener = new RecordingListener();
		store().start("app:one", listener);
		promptly().until(() -> !listener.causes().isEmpty());
		this.factory.start();
		promptly().until(() -> listener.connections().contains("connected"));
	}

	@Test
	void demandsAConnectionFactoryOfLettuce() {
		RedisStoreSettings settings = new RedisStoreSettings("dlock:", "Redis");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new RedisLockStore(mock(RedisConnectionFactory.class), settings))
			.withMessageContaining("LettuceConnectionFactory");
		LettuceConnectionFactory cluster = new LettuceConnectionFactory(
				new RedisClusterConfiguration(List.of("localhost:7000")));
		assertThatIllegalArgumentException().isThrownBy(() -> new RedisLockStore(cluster, settings))
			.withMessageContaining("Redis Cluster is not supported yet");
	}

	@Test
	void demandsACommandTimeout() {
		LettuceConnectionFactory endless = new LettuceConnectionFactory(new RedisStandaloneConfiguration(),
				LettuceClientConfiguration.builder().commandTimeout(Duration.ZERO).build());
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new RedisLockStore(endless, new RedisStoreSettings("dlock:", "Redis")))
			.withMessageContaining("command timeout is PT0S");
	}

	@Test
	void demandsAPrefixWithoutBraces() {
		assertThatIllegalArgumentException().isThrownBy(() -> new RedisStoreSettings("a{b", "Redis"))
			.withMessageContaining("keyPrefix is 'a{b'");
	}

	private static Throwable failureOf(Runnable question) {
		return catchThrowable(question::run).getCause();
	}

	private long connectThreads() {
		return this.threads.names().stream().filter("dlock-connect"::equals).count();
	}

}
