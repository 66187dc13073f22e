package io.dlock.redis;

import io.dlock.core.RefusedException;
import io.lettuce.core.RedisCommandExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What Redis says to a command of a script looks different from version to version. The
 * texts are those of 6.0.16, and of 7.0.15, 8.0.2 and Valkey 8.1.1, which agree.
 */
class RefusalsTests {

	private static final String SCRIPT = "9709f7049b2855168a5d94a35dd80164c42c4595";

	private static final String OF_6 = "ERR Error running script (call to f_" + SCRIPT
			+ "): @user_script:29: @user_script: 29: -";

	private static final String SINCE_7 = " script: " + SCRIPT + ", on @user_script:29.";

	@ParameterizedTest
	@ValueSource(strings = { "READONLY You can't write against a read only replica.",
			"READONLY You can't write against a read only replica." + SINCE_7,
			OF_6 + "READONLY You can't write against a read only replica.\n",
			"@user_script: 59: -READONLY You can't write against a read only replica.\n" })
	void knowsAReplica(String refusal) {
		assertThat(Refusals.isFromReplica(refusal)).isTrue();
		assertThat(Refusals.isFromReplica(new RedisCommandExecutionException(refusal))).isTrue();
		assertThat(Refusals.explain(refusal)).isEqualTo("READONLY You can't write against a read only replica: "
				+ "it is a replica: let dlock use the master, or the sentinels that know it");
	}

	@ParameterizedTest
	@ValueSource(strings = { "OOM command not allowed when used memory > 'maxmemory'.",
			"OOM command not allowed when used memory > 'maxmemory'." + SINCE_7,
			OF_6 + "OOM command not allowed when used memory > 'maxmemory'.\n",
			"@user_script: 59: -OOM command not allowed when used memory > 'maxmemory'.\n" })
	void saysWhatToDo(String refusal) {
		assertThat(Refusals.explain(new RedisCommandExecutionException(refusal))).isInstanceOf(RefusedException.class)
			.hasMessage("OOM command not allowed when used memory > 'maxmemory': "
					+ "give it more memory (maxmemory), or other applications another Redis");
	}

	@Test
	void leavesWhatItDoesNotKnowAsItIs() {
		String unknown = "ERR Error running script (call to f_" + SCRIPT
				+ "): @user_script:407: ERR value is not an integer or out of range";
		assertThat(Refusals.explain(unknown)).isEqualTo(unknown);
		assertThat(Refusals.isFromReplica(unknown)).isFalse();
	}

}
