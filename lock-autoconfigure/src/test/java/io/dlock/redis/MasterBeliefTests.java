package io.dlock.redis;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MasterBelief}: three sentinels.
 */
class MasterBeliefTests {

	private final MasterBelief belief = new MasterBelief(3);

	@Test
	void nobodyIsBelievedAloneAtFirst() {
		assertThat(this.belief.heard(0, master("a", 0))).isFalse();
		assertThat(this.belief.master()).isNull();
		assertThat(this.belief.heard(1, master("a", 0))).isTrue();
		assertThat(this.belief.master()).isEqualTo(master("a", 0));
	}

	@Test
	void theOnlyOneThatAnswersIsBelievedWhenAllHaveBeenTried() {
		this.belief.heard(0, null);
		this.belief.heard(1, null);
		assertThat(this.belief.isSettled()).isFalse();
		assertThat(this.belief.heard(2, master("a", 3))).isTrue();
		assertThat(this.belief.isSettled()).isTrue();
	}

	@Test
	void theFirstThatKnowsOfAFailoverIsBelieved() {
		allSay(master("a", 1));
		assertThat(this.belief.heard(1, master("b", 2))).isTrue();
		assertThat(this.belief.master()).isEqualTo(master("b", 2));
		assertThat(this.belief.heard(2, master("b", 2))).as("no news").isFalse();
	}

	@Test
	void aSentinelThatWasCutOffIsNotBelieved() {
		assertThat(this.belief.heard(0, master("former", 1))).isFalse();
		assertThat(this.belief.heard(1, master("b", 2))).isTrue();
		this.belief.heard(2, master("b", 2));
		this.belief.heard(1, null);
		assertThat(this.belief.heard(2, null)).as("it alone is left").isFalse();
		for (int i = 0; i < 2 * MasterBelief.LONG; i++) {
			assertThat(this.belief.roundIsOver()).isFalse();
		}
		assertThat(this.belief.master()).isEqualTo(master("b", 2));
	}

	@Test
	void amongEqualEpochsMostVotesDecideAndThenWhatIsKnown() {
		this.belief.heard(0, master("stranger", 0));
		this.belief.heard(1, master("a", 0));
		this.belief.heard(2, master("a", 0));
		assertThat(this.belief.master()).isEqualTo(master("a", 0));
		assertThat(this.belief.heard(1, null)).isFalse();
		assertThat(this.belief.master()).isEqualTo(master("a", 0));
	}

	@Test
	void theSilentAreNotForgottenTheMasterThatTheyNamed() {
		allSay(master("a", 1));
		allSay(null);
		assertThat(this.belief.isInformed()).isFalse();
		assertThat(this.belief.master()).isEqualTo(master("a", 1));
	}

	@Test
	void sentinelsThatWereSetUpAnewAreBelievedWhenTheyInsist() {
		allSay(master("a", 7));
		allSay(master("b", 0));
		for (int i = 1; i < MasterBelief.LONG; i++) {
			assertThat(this.belief.roundIsOver()).isFalse();
		}
		assertThat(this.belief.roundIsOver()).isTrue();
		assertThat(this.belief.master()).isEqualTo(master("b", 0));
	}

	private void allSay(@Nullable MasterReport report) {
		for (int i = 0; i < 3; i++) {
			this.belief.heard(i, report);
		}
	}

	private static MasterReport master(String host, long epoch) {
		return new MasterReport(host, 6379, epoch);
	}

}
