package io.dlock.core;

import java.util.stream.Stream;

import io.dlock.history.Violation;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The checker's own test: it finds every seeded bug. {@link InterleavingTests} show that
 * it finds nothing in the same worlds where there is none.
 */
@ExtendWith(Hush.class)
class SeededBugTests {

	private static final int WALKS = 2_000;

	@ParameterizedTest
	@EnumSource
	void theCheckerFinds(WorldBug bug) {
		assertThat(walks(bug).filter((violation) -> bug.breaks(violation.rule())).findFirst())
			.as("what %s breaks in %d worlds", bug, WALKS)
			.isPresent();
	}

	private static Stream<Violation> walks(WorldBug bug) {
		return Stream.iterate(0L, (seed) -> seed < WALKS, (seed) -> seed + 1)
			.flatMap((seed) -> new World(seed, new World.Circumstances(20, false), bug).live().stream());
	}

}
