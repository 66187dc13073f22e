package io.dlock.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

import io.dlock.history.Checker;
import io.dlock.history.Entry;
import io.dlock.history.History;
import io.dlock.history.Limits;
import io.dlock.history.Violation;
import org.jspecify.annotations.Nullable;

/**
 * Two instances, one store, one key, a network between them, and a time that all share:
 * everything happens when chance says so. What they see is written down.
 * <p>
 * A transition of a {@link KeyLock} is one step under its monitor, so that the order of
 * steps is all that threads could change.
 */
final class World {

	static final Duration TTL = Duration.ofSeconds(10);

	private static final int STEPS = 100;

	/** For a store that answers again, to be rid of what nobody wants. */
	private static final Duration CLEARANCE = Duration.ofMillis(1_500);

	private final List<String> steps = new ArrayList<>();

	private final List<Entry> journal = new ArrayList<>();

	private final ManualTime time = new ManualTime();

	private final long origin = this.time.nanoTime();

	private final LocalLocks memory = new LocalLocks(this.time);

	private final List<WorldNode> nodes = new ArrayList<>();

	private final Random random;

	private final Circumstances circumstances;

	/**
	 * A world in which nothing has happened.
	 * @param seed of all that is left to chance
	 * @param circumstances what may happen
	 * @param bug what is wrong in it, or null
	 */
	World(long seed, Circumstances circumstances, @Nullable WorldBug bug) {
		this.random = new Random(seed);
		this.circumstances = circumstances;
		this.steps.add("seed " + seed + ", " + circumstances + ((bug != null) ? ", " + bug : ""));
		this.nodes.add(new WorldNode("one", this, bug));
		this.nodes.add(new WorldNode("two", this, bug));
	}

	/**
	 * Lets everything happen, comes to an end, and judges.
	 */
	List<Violation> live() {
		for (int step = 0; step < STEPS; step++) {
			step();
			look();
		}
		note(new Entry.Fault("chaos", "", 0, now()));
		if (percent(50)) {
			calmDown();
		}
		end();
		Limits limits = this.circumstances.forgets() ? new Limits(TTL.toNanos(), TTL.toNanos(), TTL.toNanos() / 2)
				: Limits.strict(TTL, TTL.dividedBy(2));
		return Checker.check(new History(this.journal, Map.of()), limits);
	}

	/**
	 * What happened, a step a line.
	 */
	String story() {
		return String.join("\n  ", this.steps);
	}

	ManualTime time() {
		return this.time;
	}

	LocalLocks memory() {
		return this.memory;
	}

	Random random() {
		return this.random;
	}

	Circumstances circumstances() {
		return this.circumstances;
	}

	/** The time from the begin, in nanoseconds. */
	long now() {
		return this.time.nanoTime() - this.origin;
	}

	void note(Entry entry) {
		this.steps.add("  " + entry);
		this.journal.add(entry);
	}

	boolean percent(int chance) {
		return this.random.nextInt(100) < chance;
	}

	private void step() {
		List<Step> possible = new ArrayList<>();
		this.nodes.get(this.random.nextInt(this.nodes.size())).offer(possible);
		possible.add(new Step("a tenth of a ttl passes", () -> this.time.pass(TTL.dividedBy(10))));
		if (percent(10)) {
			possible.add(new Step("everything stands still", () -> this.time.standStill(TTL.dividedBy(2))));
		}
		if (this.circumstances.forgets() && percent(5)) {
			possible.add(new Step("the store forgets", this.memory::loseMemory));
		}
		Step step = possible.get(this.random.nextInt(possible.size()));
		this.steps.add(step.what());
		step.action().run();
	}

	/** Nothing happens at the same time as what came before. */
	private void look() {
		this.time.standStill(Duration.ofNanos(1));
		this.nodes.forEach(WorldNode::look);
	}

	/**
	 * The network works again, nobody comes and nobody goes, and who has the lock gives
	 * it back: everybody must be served.
	 */
	private void calmDown() {
		this.steps.add("calm");
		for (int tenths = 0; tenths < 30; tenths++) {
			this.nodes.forEach(WorldNode::deliverAll);
			look();
			this.nodes.forEach(WorldNode::releaseAll);
			this.time.pass(TTL.dividedBy(10));
			look();
		}
	}

	/**
	 * Everybody loses interest, and soon nothing is left.
	 */
	private void end() {
		this.steps.add("the end");
		long step = 100_000_000;
		for (long passed = 0; passed < CLEARANCE.toNanos(); passed += step) {
			this.nodes.forEach(WorldNode::loseInterest);
			this.nodes.forEach(WorldNode::deliverAll);
			look();
			this.time.pass(Duration.ofNanos(step));
		}
		this.memory.holder("key").ifPresent((holder) -> note(new Entry.Leftover(holder.toString(), now())));
		for (int tenths = 0; tenths < 60; tenths++) {
			this.nodes.forEach(WorldNode::loseInterest);
			this.nodes.forEach(WorldNode::deliverAll);
			look();
			this.time.pass(TTL.dividedBy(10));
		}
		look();
		this.nodes.forEach(WorldNode::noteWhatIsLeft);
		if (this.time.alarms() > 0) {
			note(new Entry.Strange("time", now(), this.time.alarms() + " alarms are left"));
		}
	}

	/**
	 * Something that can happen.
	 *
	 * @param what for people
	 * @param action what happens
	 */
	record Step(String what, Runnable action) {
	}

	/**
	 * What may happen in a world.
	 *
	 * @param lossPercent how many commands, replies and pushes are lost
	 * @param forgets whether the store may forget everything
	 */
	record Circumstances(int lossPercent, boolean forgets) {
	}

}
