package io.dlock.core;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import io.dlock.FailureCause;
import io.dlock.LockKind;
import io.dlock.LockRegistry;
import io.dlock.LossCause;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Drives two instances through random interleavings of everything that can happen to one
 * key: callers come, cancel and release; commands, replies and pushes arrive late, twice
 * or never; time passes with or without alarms; the store forgets. After each step no two
 * leases are valid; tokens grow; at the end every lease has ended once and the store is
 * empty.
 * <p>
 * A transition of a {@link KeyLock} is one step under its monitor, so that the order of
 * steps is all that threads could change. A failure names its seed and prints its steps.
 */
class InterleavingTests {

	private static final Duration TTL = Duration.ofSeconds(10);

	private static final int WALKS = Integer.getInteger("dlock.test.walks", 2_000);

	@ParameterizedTest
	@ValueSource(ints = { 0, 5, 20 })
	void noOrderOfEventsBreaksALock(int lossPercent) {
		for (long seed = 0; seed < WALKS; seed++) {
			new World(seed, lossPercent, false).live();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 5 })
	void aStoreThatForgetsCostsTheExclusionOnly(int lossPercent) {
		for (long seed = 0; seed < WALKS; seed++) {
			new World(seed, lossPercent, true).live();
		}
	}

	/**
	 * Two instances, one store, one key, and a network between them.
	 */
	private static final class World {

		private final List<String> steps = new ArrayList<>();

		private final ManualTime time = new ManualTime();

		private final LocalLocks memory = new LocalLocks(this.time);

		private final List<Node> nodes = new ArrayList<>();

		private final Random random;

		private final long seed;

		private final int lossPercent;

		private final boolean forgets;

		private boolean forgot;

		private long lastToken;

		private final List<String> violations = new ArrayList<>();

		World(long seed, int lossPercent, boolean forgets) {
			this.seed = seed;
			this.random = new Random(seed);
			this.lossPercent = lossPercent;
			this.forgets = forgets;
			this.nodes.add(new Node("one"));
			this.nodes.add(new Node("two"));
		}

		void live() {
			try {
				for (int step = 0; step < 60; step++) {
					step();
					check();
				}
				end();
			}
			catch (AssertionError | RuntimeException failure) {
				throw new AssertionError(
						"seed " + this.seed + ", loss " + this.lossPercent + " %: " + String.join("\n  ", this.steps),
						failure);
			}
		}

		private void step() {
			Node node = this.nodes.get(this.random.nextInt(2));
			List<Step> possible = new ArrayList<>();
			node.offer(possible);
			possible.add(new Step("a tenth of a ttl passes", () -> this.time.pass(TTL.dividedBy(10))));
			if (percent(10)) {
				possible.add(new Step("everything stands still", () -> this.time.standStill(TTL.dividedBy(2))));
			}
			if (this.forgets && percent(5)) {
				possible.add(new Step("the store forgets", () -> {
					this.forgot = true;
					this.memory.loseMemory();
				}));
			}
			take(possible.get(this.random.nextInt(possible.size())));
		}

		private void take(Step step) {
			this.steps.add(step.what());
			step.action().run();
		}

		/**
		 * For observers, whose failures reach nobody.
		 */
		private void expect(boolean condition, String violation) {
			if (!condition) {
				this.violations.add(violation);
			}
		}

		private void check() {
			assertThat(this.violations).isEmpty();
			long valid = this.nodes.stream().flatMap((node) -> node.run.leases().stream()).count();
			if (!this.forgot) {
				assertThat(valid).as("valid leases").isLessThanOrEqualTo(1);
			}
		}

		/**
		 * Everybody loses interest, and the network works again.
		 */
		private void end() {
			this.steps.add("the end");
			for (int round = 0; round < 60; round++) {
				for (Node node : this.nodes) {
					node.loseInterest();
					node.deliverAll();
				}
				check();
				this.time.pass(TTL.dividedBy(10));
			}
			for (Node node : this.nodes) {
				assertThat(node.futures).as("attempts of " + node.name).allMatch(CompletableFuture::isDone);
				assertThat(node.openLeases).as("leases of " + node.name + " without an end").isEmpty();
				assertThat(node.run.keysInUse()).as("key locks of " + node.name).isZero();
			}
			assertThat(this.memory.holder("key")).isEmpty();
			assertThat(this.time.alarms()).as("alarms").isZero();
		}

		private boolean percent(int chance) {
			return this.random.nextInt(100) < chance;
		}

		/**
		 * One instance with its network.
		 */
		private final class Node implements LockObserver {

			private final String name;

			private final Wire wire = new Wire(new LocalLockStore(World.this.memory));

			private final Run run;

			private final List<CompletableFuture<HeldLease>> futures = new ArrayList<>();

			private final Set<Long> openLeases = new HashSet<>();

			Node(String name) {
				this.name = name;
				LeaseSettings settings = new LeaseSettings(name, TTL, TTL.dividedBy(3), Duration.ofMillis(100),
						Duration.ofSeconds(2));
				this.run = new Run(name, settings, this.wire, new Instance.Environment(World.this.time, World.this.time,
						new Callbacks(new SameThreadExecutor())), new Narrator(null, this));
				this.run.begin();
			}

			void offer(List<Step> steps) {
				long waiting = this.futures.stream().filter((each) -> !each.isDone()).count();
				if (waiting < 3) {
					steps.add(step("wants the lock", () -> attempt(Patience.UNTIMED, TTL)));
					steps.add(step("tries", () -> attempt(Patience.NONE, TTL)));
					if (percent(20)) {
						steps.add(step("wants it with another ttl",
								() -> attempt(Patience.UNTIMED, TTL.multipliedBy(2))));
					}
				}
				if (waiting > 0 && percent(50)) {
					steps.add(step("cancels", this::cancelOne));
				}
				if (!this.run.held().isEmpty()) {
					steps.add(step("releases", () -> this.run.held().forEach(HeldLease::letGo)));
				}
				offerNetwork(steps);
			}

			private void offerNetwork(List<Step> steps) {
				boolean lossy = percent(World.this.lossPercent);
				if (this.wire.hasCommand()) {
					String command = this.wire.nextCommand();
					steps.add(lossy ? step("loses " + command, this.wire::loseCommand)
							: step("sends " + command, this.wire::deliverCommand));
				}
				if (this.wire.hasReply()) {
					steps.add(lossy ? step("loses a reply", this.wire::loseReply)
							: step("gets a reply", this.wire::deliverReply));
				}
				if (this.wire.hasPush()) {
					steps.add(lossy ? step("loses a push", this.wire::losePush)
							: step("gets a push", this.wire::deliverPush));
					if (percent(10)) {
						steps.add(step("will get a push twice", this.wire::repeatPush));
					}
				}
			}

			void loseInterest() {
				this.futures.forEach((each) -> each.cancel(false));
				this.run.held().forEach(HeldLease::letGo);
			}

			void deliverAll() {
				while (this.wire.hasCommand() || this.wire.hasReply() || this.wire.hasPush()) {
					if (this.wire.hasCommand()) {
						this.wire.deliverCommand();
					}
					else if (this.wire.hasReply()) {
						this.wire.deliverReply();
					}
					else {
						this.wire.deliverPush();
					}
				}
			}

			private void attempt(Patience patience, Duration ttl) {
				LeaseTerms terms = new LeaseTerms(ttl, TTL.dividedBy(3), null);
				this.futures.add(this.run.attemptAsync(new Wanted("key", terms, LockKind.LOCK), patience, null,
						(lease) -> lease));
			}

			private void cancelOne() {
				List<CompletableFuture<HeldLease>> open = this.futures.stream()
					.filter((each) -> !each.isDone())
					.toList();
				open.get(World.this.random.nextInt(open.size())).cancel(false);
			}

			private Step step(String what, Runnable action) {
				return new Step(this.name + " " + what, action);
			}

			@Override
			public void acquired(LockRegistry registry, String key, LockKind kind, long fencingToken, Duration waited) {
				World.this.steps.add("  " + this.name + " acquired " + fencingToken);
				expect(World.this.forgot || fencingToken > World.this.lastToken,
						"token " + fencingToken + " after " + World.this.lastToken);
				World.this.lastToken = Math.max(fencingToken, World.this.lastToken);
				expect(this.openLeases.add(fencingToken), "begun twice: " + fencingToken);
			}

			@Override
			public void released(LockRegistry registry, String key, LockKind kind, long fencingToken, Duration held) {
				World.this.steps.add("  " + this.name + " released " + fencingToken);
				expect(this.openLeases.remove(fencingToken), "ended, but not open: " + fencingToken);
			}

			@Override
			public void lost(LockRegistry registry, String key, LockKind kind, long fencingToken, LossCause cause,
					Instant lostAt) {
				World.this.steps.add("  " + this.name + " lost " + fencingToken + " " + cause);
				expect(this.openLeases.remove(fencingToken), "ended, but not open: " + fencingToken);
			}

			@Override
			public void failed(LockRegistry registry, String key, LockKind kind, FailureCause cause, String holder) {
				World.this.steps.add("  " + this.name + " failed " + cause);
			}

		}

		private record Step(String what, Runnable action) {
		}

	}

}
