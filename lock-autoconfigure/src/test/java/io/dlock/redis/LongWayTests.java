package io.dlock.redis;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.TestExecutionResult;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The short ways through the scripts are short for the long one: without them everything
 * is as it was.
 */
class LongWayTests {

	@ParameterizedTest
	@ValueSource(strings = { "RedisLockStoreTests", "RedisLockStoreJobsTests", "ProtocolTests", "ForeignValueTests" })
	void decidesWhatTheShortWaysDecide(String tests) {
		Map<String, TestExecutionResult> results = AlteredScripts.with(false).runAll(tests);
		assertThat(results).hasSizeGreaterThan(5)
			.allSatisfy((test, result) -> assertThat(result.getThrowable()).as(test).isEmpty());
	}

	@Test
	void decidesAloneWhatManyStepsWereNotTold() {
		AlteredScripts silent = AlteredScripts.with(true).replacing("together.lua", "return replies", "return {}");
		assertThat(silent.run(List.of("TogetherTests.keepsToTheTermsOfEachStep")).values()).singleElement()
			.satisfies((result) -> assertThat(result.getThrowable()).isEmpty());
	}

}
