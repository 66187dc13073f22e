package io.dlock.redis;

import java.time.Duration;
import java.util.List;

import io.dlock.LossCause;
import io.dlock.core.AcquireAnswer;
import io.dlock.core.Member;
import io.dlock.core.PushedGrant;
import io.dlock.core.RenewVerdict;
import io.dlock.testing.RedisServer;
import io.dlock.testing.SentinelSet;
import io.dlock.testing.TestConnectionFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests on a master that Sentinel replaces.
 */
class FailoverTests {

	private static final Duration TTL = Duration.ofMinutes(1);

	@Test
	void keepsLocksAndQueueWhenTheMasterIsReplaced() {
		try (SentinelSet set = SentinelSet.start(1)) {
			LettuceConnectionFactory factory = TestConnectionFactories.to(set);
			try (Member one = start("app:one", factory, set); Member two = start("app:two", factory, set)) {
				AcquireAnswer.Granted granted = one.acquire("a", 1, TTL);
				long mark = two.queue("a", 1, TTL).mark();
				RedisServer killed = set.currentMaster();
				assertThat(killed.cli("WAIT", "1", "5000")).isEqualTo("1");
				set.killMaster();
				Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> set.currentMaster() != killed);
				RedisServer promoted = set.currentMaster();
				Awaitility.await().until(() -> isBackAndListening(one, promoted) && isBackAndListening(two, promoted));
				assertThat(one.renew(one.renewal("a", 1, granted, TTL))).isEqualTo(new RenewVerdict.Renewed());
				one.release("a", 1);
				assertThat(two.awaitPush("a", 1).firstToken()).isGreaterThan(mark);
			}
			finally {
				factory.destroy();
			}
		}
	}

	/**
	 * The promoted replica knows only of the time when one held the lock and two waited;
	 * and one gives it back once more, having had no answer the first time.
	 */
	@Test
	void aHolderWhoseIdWasGrantedAnewByAnOldStateHasLost() {
		try (SentinelSet set = SentinelSet.start(1)) {
			LettuceConnectionFactory factory = TestConnectionFactories.to(set);
			try (Member one = start("app:one", factory, set); Member two = start("app:two", factory, set)) {
				one.acquire("a", 1, TTL);
				two.queue("a", 1, TTL);
				assertThat(set.currentMaster().cli("WAIT", "1", "5000")).isEqualTo("1");
				List<RedisServer> cutOff = set.cutReplicasOff();
				one.release("a", 1);
				PushedGrant held = two.awaitPush("a", 1);
				RedisServer killed = set.killMaster();
				cutOff.forEach(RedisServer::resume);
				Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> set.currentMaster() != killed);
				RedisServer promoted = set.currentMaster();
				Awaitility.await().until(() -> isBackAndListening(one, promoted) && isBackAndListening(two, promoted));

				one.release("a", 1);
				assertThat(promoted.cli("GET", "dlock:{a}")).startsWith("app:two:1 ")
					.doesNotContain(" " + held.firstToken() + " ");
				AcquireAnswer.Granted former = new AcquireAnswer.Granted(held.firstToken(), held.tokens());
				assertThat(two.renew(two.renewal("a", 1, former, TTL))).isInstanceOfSatisfying(RenewVerdict.Lost.class,
						(lost) -> {
							assertThat(lost.cause()).isEqualTo(LossCause.TAKEN);
							assertThat(lost.detail()).contains("granted anew");
						});
			}
			finally {
				factory.destroy();
			}
		}
	}

	private static Member start(String id, LettuceConnectionFactory factory, SentinelSet set) {
		Member member = Member.start(id, new RedisLockStore(factory, new RedisStoreSettings("dlock:", "Redis")));
		OnRedis.awaitListening(set.currentMaster(), member);
		return member;
	}

	private static boolean isBackAndListening(Member member, RedisServer master) {
		String subscribers = master.cli("PUBSUB", "NUMSUB", "dlock:grants:" + member.id());
		return member.listener().connections().lastIndexOf("connected") > 1 && subscribers.endsWith("\n1");
	}

}
