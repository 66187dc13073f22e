package io.dlock.faults;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import io.dlock.Lease;
import io.dlock.LockUnavailableException;
import io.dlock.faults.Journal.What;
import io.dlock.testing.CommandRecorder;
import io.dlock.testing.RedisServer;
import io.dlock.testing.TcpProxy;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Commands of which nobody knows whether they were executed: the reply is lost, or the
 * command comes late, or never.
 */
class LostReplyTests {

	/** As Redis shows it: a script whose only argument, behind the keys, is the grant. */
	private static final Pattern RELEASE = Pattern.compile(".*\"dlock:\\{orders}:job\" \"[^\"]+:\\d+\"");

	@RegisterExtension
	final Cluster cluster = new Cluster().ttl(Duration.ofSeconds(3)).commandTimeout(Duration.ofMillis(500));

	private final RedisServer redis = this.cluster.redis();

	private final TcpProxy network = this.cluster.proxy(this.redis);

	private final Node far = this.cluster.node("far", this.network);

	private final Node near = this.cluster.node("near", this.redis);

	@BeforeEach
	void connect() throws Exception {
		this.far.lock("warm").acquire().close();
		this.near.lock("warm").acquire().close();
	}

	@Test
	void anAcquireWhoseReplyIsLostIsRepeatedUnderTheSameGrant() throws Exception {
		this.network.replies().drop();
		CompletableFuture<Lease> waiting = this.far.want("orders");
		Cluster.promptly("executed").until(() -> isInRedis("dlock:{orders}"));
		String granted = this.redis.cli("GET", "dlock:{orders}");
		this.network.cut();

		Lease lease = waiting.get(30, TimeUnit.SECONDS);
		assertThat(this.redis.cli("GET", "dlock:{orders}")).isEqualTo(granted).contains(" " + lease.fencingToken());
		lease.close();
	}

	@Test
	void aTryWhoseReplyIsLostLeavesNothingBehind() {
		Duration ttl = Duration.ofMinutes(1);
		this.network.replies().drop();
		CompletableFuture<Optional<Lease>> attempt = this.far.lock("orders", ttl).tryAcquireAsync();
		Cluster.promptly("executed").until(() -> isInRedis("dlock:{orders}"));
		this.network.refuse();
		assertUnavailable(attempt);
		assertThat(isInRedis("dlock:{orders}")).isTrue();

		this.network.pass();
		long answersAgain = System.nanoTime();
		Cluster.promptly("the orphan is gone").until(() -> !isInRedis("dlock:{orders}"));
		long orphaned = millisSince(answersAgain);
		System.out.printf("An orphan of a lost reply was gone %d ms after the network was back%n", orphaned);
		assertThat(orphaned).as("1 s is promised").isLessThan(1000);
	}

	@Test
	void aTryThatIsExecutedLongAfterItsCallerHasGoneLeavesNothingBehind() {
		Duration ttl = Duration.ofMinutes(1);
		this.redis.pause();
		assertUnavailable(this.far.lock("orders", ttl).tryAcquireAsync());
		this.redis.resume();

		long answersAgain = System.nanoTime();
		Cluster.promptly("it was executed").until(() -> isInRedis("dlock:{orders}:fence"));
		Cluster.promptly("the orphan is gone").until(() -> !isInRedis("dlock:{orders}"));
		long orphaned = millisSince(answersAgain);
		System.out.printf("An orphan of a stopped Redis was gone %d ms after it went on%n", orphaned);
		assertThat(orphaned).as("1 s is promised").isLessThan(1000);
	}

	@Test
	void aReleaseWhoseReplyIsLostIsRepeatedAndHurtsNobody() throws Exception {
		CommandRecorder recorder = this.cluster.record(this.redis);
		Lease lease = this.far.lock("orders").acquire();
		CompletableFuture<Lease> waiting = this.near.want("orders");
		this.cluster.awaitTold("near", What.LISTENING, "orders");
		this.network.replies().drop();
		long from = System.nanoTime();
		lease.close();
		assertThat(millisSince(from)).as("waits for the confirmation no longer than the command timeout")
			.isLessThan(500 + 1000);
		Lease next = waiting.get(30, TimeUnit.SECONDS);
		this.network.cut();

		awaitReleases(recorder, 2);
		assertThat(this.near.locks().holder("orders"))
			.hasValueSatisfying((holder) -> assertThat(holder.fencingToken()).isEqualTo(next.fencingToken()));
		assertThat(next.isValid()).isTrue();
		assertThat(this.cluster.journal().entries("far", What.RELEASED, "orders")).hasSize(1);
		next.close();
	}

	@Test
	void aReleaseThatIsLostOnItsWayIsRepeated() throws Exception {
		Lease lease = this.far.lock("orders", Duration.ofMinutes(1)).acquire();
		this.network.commands().hold();
		lease.close();
		assertThat(lease.isValid()).isFalse();
		assertThat(isInRedis("dlock:{orders}")).isTrue();
		this.network.cut();

		Cluster.promptly("released").until(() -> !isInRedis("dlock:{orders}"));
		assertThat(this.cluster.journal().entries("far", What.RELEASED, "orders")).hasSize(1);
	}

	@Test
	void aRenewalWhoseReplyIsLostExtendsNothing() throws Exception {
		Lease lease = this.far.lock("orders").acquire();
		awaitRenewal("orders"); // Redis knows the script from now on
		Cluster.promptly("confirmed").until(() -> lease.remaining().toMillis() > 1900);
		this.network.replies().drop();
		long remaining = lease.remaining().toNanos();
		long now = System.nanoTime();
		awaitRenewal("orders");
		Cluster.promptly("not valid any more").until(() -> !lease.isValid());

		assertThat(System.nanoTime() - now).isGreaterThanOrEqualTo(remaining);
		assertThat(System.nanoTime() - now - remaining).as("valid no longer than the last confirmed renewal allows")
			.isLessThan(TimeUnit.SECONDS.toNanos(1));
		this.cluster.awaitTold("far", What.LOST, "orders");
		this.network.cut();
	}

	@Test
	void aCommandThatWasLostWithItsConnectionIsNotRepeatedForACallerThatHasGone() {
		CommandRecorder recorder = this.cluster.record(this.redis);
		this.network.commands().hold();
		assertUnavailable(this.far.lock("orders").tryAcquireAsync());
		this.network.cut();

		awaitReleases(recorder, 1);
		assertThat(isInRedis("dlock:{orders}:fence")).as("was ever granted").isFalse();
	}

	@Test
	void aCommandThatComesAfterItsCallerHasGoneIsUndone() {
		this.network.commands().hold();
		assertUnavailable(this.far.lock("orders", Duration.ofMinutes(1)).tryAcquireAsync());
		this.network.pass();

		Cluster.promptly("it was executed").until(() -> isInRedis("dlock:{orders}:fence"));
		Cluster.promptly("the orphan is gone").until(() -> !isInRedis("dlock:{orders}"));
	}

	/** Returns when the lock has been released so often, with effect or without. */
	private void awaitReleases(CommandRecorder recorder, int count) {
		Cluster.promptly("released " + count + " times")
			.until(() -> recorder.commands(this.redis)
				.stream()
				.filter((line) -> RELEASE.matcher(line).matches())
				.count() >= count);
	}

	/** Of a TTL of 3 s, after 1 s. */
	private void awaitRenewal(String key) {
		Cluster.promptly("a while has passed").until(() -> leftInRedis(key) < 2500);
		Cluster.promptly("renewed").until(() -> leftInRedis(key) > 2500);
	}

	private long leftInRedis(String key) {
		return Long.parseLong(this.redis.cli("PTTL", "dlock:{" + key + "}"));
	}

	private static void assertUnavailable(CompletableFuture<Optional<Lease>> attempt) {
		assertThat(attempt).failsWithin(Duration.ofSeconds(30))
			.withThrowableThat()
			.withCauseInstanceOf(LockUnavailableException.class);
	}

	private boolean isInRedis(String key) {
		return this.redis.cli("EXISTS", key).equals("1");
	}

	private static long millisSince(long nanos) {
		return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
	}

}
