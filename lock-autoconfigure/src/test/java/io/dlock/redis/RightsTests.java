package io.dlock.redis;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.dlock.core.AcquireAnswer;
import io.dlock.core.AcquireRequest;
import io.dlock.core.GrantId;
import io.dlock.core.LockStore;
import io.dlock.core.Member;
import io.dlock.core.RenewVerdict;
import io.dlock.testing.RedisPage;
import io.dlock.testing.RedisServer;
import io.dlock.testing.TestConnectionFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests that the rights which {@code docs/redis.md} asks for are enough for everything,
 * and that none of them is too much.
 */
class RightsTests {

	private static final String KEY = "orders:42";

	private static final String LOCK = "dlock:{orders:42}";

	private static final Duration TTL = Duration.ofMinutes(10);

	private static final String PASSWORD = "secret";

	/** What the client wants besides, where Redis knows it, and can do without. */
	private static final String NAME_OF_CLIENT = "client|setinfo";

	private final List<Member> members = new ArrayList<>();

	/** How long Redis may take for what it permits. */
	private Duration patience = Duration.ofSeconds(10);

	private RedisServer server;

	@BeforeEach
	void startServer() {
		this.server = RedisServer.start("--repl-diskless-sync-delay", "0");
	}

	@AfterEach
	void closeServer() {
		this.server.close();
	}

	static List<String> rights() throws IOException {
		return RedisPage.user("<!-- conf: rights -->").stream().filter((word) -> word.matches("[+~&].*")).toList();
	}

	@Test
	void theRightsAreEnough() throws IOException {
		asUser(rights());
		doEverything(0, 0);
		assertThat(refusals()).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("rights")
	void noneOfTheRightsIsTooMuch(String right) throws IOException {
		asUser(rights().stream().filter((each) -> !each.equals(right)).toList());
		assertFails(0, 0, "without " + right);
	}

	@Test
	void replicasNeedOneMore() throws IOException {
		try (RedisServer replica = RedisServer.start("--replicaof", this.server.host(),
				Integer.toString(this.server.port()))) {
			Awaitility.await().until(() -> this.server.cli("INFO", "replication").contains("state=online"));
			asUser(rights());
			assertFails(0, 1, "without +wait");
			asUser(Stream.concat(rights().stream(), Stream.of("+wait")).toList());
			doEverything(0, 1);
			assertThat(replica.isAlive()).isTrue();
		}
	}

	@Test
	void anotherDatabaseNeedsOneMore() throws IOException {
		asUser(rights());
		assertFails(3, 0, "without +select");
		asUser(Stream.concat(rights().stream(), Stream.of("+select")).toList());
		doEverything(3, 0);
		assertThat(this.server.cli("INFO", "keyspace")).contains("db3:");
	}

	@Test
	void thePageExplainsRightsThatItAsksFor() throws IOException {
		assertThat(RedisPage.explainedRights()).contains("+pubsub|numsub", "+wait", "+select");
		assertThat(Stream.concat(rights().stream(), Stream.of("+wait", "+select")))
			.containsAll(RedisPage.explainedRights());
		assertThat(RedisPage.user("<!-- conf: rights -->")).contains("resetkeys", "resetchannels", "-@all");
	}

	private void asUser(List<String> rights) {
		List<String> command = new ArrayList<>(
				List.of("ACL", "SETUSER", "dlock", "reset", "on", ">" + PASSWORD, "resetchannels", "-@all"));
		command.addAll(rights);
		if (!this.server.cli("COMMAND", "INFO", NAME_OF_CLIENT).isEmpty()) {
			command.add("+" + NAME_OF_CLIENT);
		}
		this.server.cli(command.toArray(String[]::new));
		this.server.cli("ACL", "LOG", "RESET");
	}

	/** What Redis has refused to the user so far. */
	private String refusals() {
		return this.server.cli("ACL", "LOG");
	}

	/**
	 * It fails because Redis refuses something, and not because it takes long: therefore
	 * it need not be waited for as long as for what should go.
	 */
	private void assertFails(int database, int minAcks, String description) {
		Duration longer = this.patience;
		this.patience = Duration.ofSeconds(2);
		assertThat(catchThrowable(() -> doEverything(database, minAcks))).as(description).isNotNull();
		assertThat(refusals()).as(description).isNotEmpty();
		this.patience = longer;
	}

	/**
	 * All that an instance ever does, as it should go where nothing is missing.
	 */
	private void doEverything(int database, int minAcks) {
		LettuceConnectionFactory factory = TestConnectionFactories.to(this.server, "dlock", PASSWORD, database);
		try {
			doEverything(database, minAcks, factory);
		}
		finally {
			this.members.forEach(Member::close);
			this.members.clear();
			factory.destroy();
		}
	}

	private void doEverything(int database, int minAcks, LettuceConnectionFactory factory) {
		this.server.cli("FLUSHALL");
		this.server.cli("SCRIPT", "FLUSH");
		Member one = start("one", factory, minAcks);
		Member two = start("two", factory, minAcks);
		Member dying = start("dying", factory, minAcks);

		// Taken, waited for, and handed over to the first who is still connected.
		AcquireAnswer.Granted granted = one.acquire(KEY, 1, TTL);
		dying.queue(KEY, 1, TTL);
		assertThat(two.queue(KEY, 1, TTL).pushed()).isTrue();
		dying.close();
		awaitGone("dying");
		assertThat(one.renew(one.renewal(KEY, 1, granted, TTL))).isInstanceOf(RenewVerdict.Renewed.class);
		one.release(KEY, 1);
		two.awaitPush(KEY, 1, this.patience);

		// Yielded to the next, and back.
		one.queue(KEY, 2, TTL);
		assertThat(two.passOn(KEY, 1, 2, TTL)).isInstanceOf(AcquireAnswer.Queued.class);
		one.awaitPush(KEY, 2, this.patience);
		assertThat(two.holder(KEY)).get().returns("one:2", (holder) -> holder.grantId());

		// Left by one who only waits, and freed.
		two.release(KEY, 2);
		one.release(KEY, 2);
		assertThat(one.holder(KEY)).isEmpty();

		// Re-asserted where Redis has forgotten it, and somebody else's value reported.
		AcquireAnswer.Granted forgotten = one.acquire(KEY, 3, TTL);
		this.server.cli("FLUSHALL");
		assertThat(one.renew(one.renewal(KEY, 3, forgotten, TTL))).isInstanceOf(RenewVerdict.Renewed.class);
		assertThat(two.holder(KEY)).get().returns("one:3", (holder) -> holder.grantId());
		one.release(KEY, 3);
		this.server.cli("EVAL", "redis.call('SELECT', ARGV[1]) return redis.call('HSET', KEYS[1], 'a', 'b')", "1", LOCK,
				Integer.toString(database));
		assertThat(two.holder(KEY)).get().returns("(not a dlock value: hash)", (holder) -> holder.instanceId());

		// Many locks at once, which go one by one where Redis refuses that.
		this.server.cli("CLIENT", "PAUSE", "50");
		List<CompletableFuture<AcquireAnswer>> many = IntStream.range(0, 20)
			.mapToObj((n) -> one.store().acquire(plain(one.grant("many:" + n, 4 + n))).toCompletableFuture())
			.toList();
		assertThat(many).allSatisfy((asked) -> assertThat(asked.join()).isInstanceOf(AcquireAnswer.Granted.class));
		assertThat(refusals()).isEmpty();
	}

	private static AcquireRequest plain(GrantId grant) {
		return new AcquireRequest(grant, TTL, 1, 0, true, Duration.ZERO, null);
	}

	private Member start(String id, LettuceConnectionFactory factory, int minAcks) {
		LockStore store = new RedisLockStore(factory,
				new RedisStoreSettings("dlock:", "Redis, the tested one", minAcks, Duration.ofMillis(500)));
		Member member = Member.start(id, store);
		this.members.add(member);
		Awaitility.await(id + " listens")
			.atMost(this.patience)
			.until(() -> this.server.cli("PUBSUB", "NUMSUB", "dlock:grants:" + id).endsWith("\n1"));
		return member;
	}

	private void awaitGone(String id) {
		Awaitility.await(id + " has gone")
			.atMost(this.patience)
			.until(() -> this.server.cli("PUBSUB", "NUMSUB", "dlock:grants:" + id).endsWith("\n0"));
	}

}
