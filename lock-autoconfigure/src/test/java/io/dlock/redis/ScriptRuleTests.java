package io.dlock.redis;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each rule of the scripts is taken out of them, and the test that holds it has to fail.
 * Other tests still pass then: it is the rule that is missed, and not a script that is
 * broken.
 */
class ScriptRuleTests {

	@AfterEach
	void awaitAsUsual() {
		Awaitility.reset();
	}

	@ParameterizedTest
	@EnumSource
	void aTestFailsWithout(ScriptRule rule) {
		AlteredScripts without = rule.takenOut();
		assertThat(without.run(rule.unconcerned())).as("tests that need not know of %s", rule)
			.hasSize(rule.unconcerned().size())
			.allSatisfy((test, result) -> assertThat(result.getThrowable()).as(test).isEmpty());

		// What does not come at once does not come: nothing is gained by waiting long.
		Awaitility.setDefaultTimeout(Duration.ofSeconds(2));
		Map<String, TestExecutionResult> held = without.run(List.of(rule.test()));
		assertThat(held.values()).as("%s without %s", rule.test(), rule)
			.singleElement()
			.extracting(TestExecutionResult::getStatus)
			.isEqualTo(Status.FAILED);
	}

}
