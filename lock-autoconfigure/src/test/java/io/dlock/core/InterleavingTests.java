package io.dlock.core;

import java.util.List;

import io.dlock.history.Violation;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Drives two instances through random interleavings of everything that can happen to one
 * key: callers come, cancel and release; commands, replies and pushes arrive late, twice
 * or never; time passes with or without alarms; the store forgets. No promise that the
 * checker knows may be broken by that. A failure names its seed and prints its steps.
 */
@ExtendWith(Hush.class)
class InterleavingTests {

	private static final int WALKS = Integer.getInteger("dlock.test.walks", 2_000);

	@ParameterizedTest
	@ValueSource(ints = { 0, 5, 20 })
	void noOrderOfEventsBreaksALock(int lossPercent) {
		walk(new World.Circumstances(lossPercent, false));
	}

	@ParameterizedTest
	@ValueSource(ints = { 5 })
	void aStoreThatForgetsCostsTheExclusionOnly(int lossPercent) {
		walk(new World.Circumstances(lossPercent, true));
	}

	private static void walk(World.Circumstances circumstances) {
		for (long seed = 0; seed < WALKS; seed++) {
			World world = new World(seed, circumstances, null);
			List<Violation> violations;
			try {
				violations = world.live();
			}
			catch (RuntimeException ex) {
				throw new AssertionError(world.story(), ex);
			}
			assertThat(violations).as(world.story()).isEmpty();
		}
	}

}
