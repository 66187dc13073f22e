package io.dlock.autoconfigure;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.dlock.Holder;
import io.dlock.Lease;
import io.dlock.LeaseLostException;
import io.dlock.LockRegistry;
import io.dlock.LossCause;
import io.dlock.event.LockEvent;
import io.dlock.event.LockListeningEvent;
import io.dlock.event.LockLostEvent;
import io.dlock.testing.OddNames;
import io.dlock.testing.RedisServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * Tests that the name of a lock is nothing but data, whatever it is: in Redis, in events,
 * in exceptions and in the log.
 */
@ExtendWith(OutputCaptureExtension.class)
class OddNamesTests {

	private static final Applications applications = new Applications();

	private static RedisServer redis;

	private static ConfigurableApplicationContext one;

	private static ConfigurableApplicationContext two;

	private final LockRegistry here = Applications.locks(one);

	private final LockRegistry there = Applications.locks(two);

	@BeforeAll
	static void start() {
		redis = RedisServer.start();
		one = applications.run("dlock.port=" + redis.port(), "dlock.renew-interval=100ms", "dlock.ttl=60s");
		two = applications.run("dlock.port=" + redis.port(), "dlock.ttl=60s");
	}

	@AfterAll
	static void stop() {
		applications.close();
		redis.close();
	}

	@BeforeEach
	void forgetOtherTests() {
		one.getBean(EventRecorder.class).events().clear();
		two.getBean(EventRecorder.class).events().clear();
	}

	static List<String> names() {
		return OddNames.all().toList();
	}

	static List<String> refused() {
		return OddNames.refused().toList();
	}

	@ParameterizedTest(name = "{index}")
	@MethodSource("names")
	void everyLockIsHeldWaitedForPushedRenewedAndLostAsItself(String name) throws Exception {
		Lease lease = this.here.get(name).acquire();
		assertThat(redis.cli("GET", "dlock:{" + name + "}")).startsWith(this.here.instanceId());
		assertThat(this.there.holder(name)).get()
			.returns(name, Holder::key)
			.returns(this.here.instanceId(), Holder::instanceId);
		CompletableFuture<Lease> waiting = this.there.get(name).acquireAsync();
		Awaitility.await().until(() -> told(two, LockListeningEvent.class, name));
		lease.close();
		// Long before it would ask again.
		Lease pushed = waiting.get(15, TimeUnit.SECONDS);
		assertThat(pushed.fencingToken()).isGreaterThan(lease.fencingToken());
		assertThat(this.here.get(name).tryAcquire()).isEmpty();
		pushed.close();
		assertThat(redis.cli("EXISTS", "dlock:{" + name + "}")).isEqualTo("0");

		Lease lost = this.here.get(name).acquire();
		redis.cli("DEL", "dlock:{" + name + "}");
		Awaitility.await().until(() -> told(one, LockLostEvent.class, name));
		assertThatExceptionOfType(LeaseLostException.class).isThrownBy(lost::requireValid)
			.satisfies((ex) -> assertThat(ex.getKey()).isEqualTo(name))
			.returns(LossCause.DELETED, LeaseLostException::getLossCause)
			.satisfies((ex) -> assertShown(ex.getMessage()));
		assertShown(lost.toString());
		assertShown(this.here.get(name).toString());
	}

	private static boolean told(ConfigurableApplicationContext context, Class<? extends LockEvent> event, String key) {
		return context.getBean(EventRecorder.class)
			.events()
			.stream()
			.anyMatch((each) -> event.isInstance(each) && each.getKey().equals(key));
	}

	@Test
	void allOfThemAreHeldAtOnceAndEachIsAnother() throws Exception {
		redis.cli("FLUSHALL");
		List<Lease> leases = OddNames.all().map((name) -> this.here.get(name).tryAcquire().orElseThrow()).toList();
		assertThat(this.here.leases()).hasSameSizeAs(leases);
		long keys = OddNames.all().count();
		assertThat(redis.cli("DBSIZE")).as("a lock and a fence each").isEqualTo(Long.toString(2 * keys));
		assertThat(OddNames.all()).allSatisfy((name) -> assertThat(this.there.get(name).tryAcquire()).isEmpty());
		Lease plain = leases.get(0);
		plain.close();
		Lease taken = this.there.get(plain.key()).tryAcquire().orElseThrow();
		taken.close();
		assertThat(leases).filteredOn((lease) -> !lease.isValid()).containsExactly(plain);
		leases.forEach(Lease::close);
		assertThat(redis.cli("DBSIZE")).as("a fence each").isEqualTo(Long.toString(keys));
	}

	@ParameterizedTest(name = "{index}")
	@MethodSource("refused")
	void whatIsNoNameIsRefused(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> this.here.get(name).lock())
			.satisfies((ex) -> assertShown(ex.getMessage()));
		assertThatIllegalArgumentException().isThrownBy(() -> this.here.contend(name));
		assertThatIllegalArgumentException().isThrownBy(() -> this.here.holder(name));
	}

	@Test
	void noNameAtAllIsAnErrorOfTheProgram() {
		assertThatNullPointerException().isThrownBy(() -> this.here.get(null));
		assertThatNullPointerException().isThrownBy(() -> this.here.contend(null));
		assertThatNullPointerException().isThrownBy(() -> this.here.holder(null));
	}

	@Test
	void aNameCannotForgeALineInTheLog(CapturedOutput output) throws Exception {
		String name = "x\r\n2026-01-01T00:00:00Z ERROR the pay\u2028roll is gone\u001b[2J";
		Lease lost = this.here.get(name).acquire();
		redis.cli("DEL", "dlock:{" + name + "}");
		Awaitility.await().until(() -> output.getAll().contains("Lost lock"));
		assertThat(output).contains("Lost lock 'x\\r\\n2026-01-01T00:00:00Z ERROR the pay\\u2028roll")
			.doesNotContain("\n2026-01-01T00:00:00Z ERROR", "\u2028", "\u001b[2J");
		lost.close();
	}

	private static void assertShown(String message) {
		assertThat(message).hasSizeLessThan(3_000).matches("[^\\p{Cntrl}\\u2028\\u202e\\u0085]*");
		assertThat(message.chars()).noneMatch((character) -> Character.getType(character) == Character.SURROGATE
				&& message.codePoints().anyMatch((point) -> point == character));
	}

}
