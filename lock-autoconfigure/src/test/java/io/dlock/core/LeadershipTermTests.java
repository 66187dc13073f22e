package io.dlock.core;

import io.dlock.Leadership;
import io.dlock.Lease;
import io.dlock.LockOptions;
import io.dlock.LossCause;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StandingLeadership}: what follows the end of a term.
 */
class LeadershipTermTests {

	private final Bench bench = new Bench();

	private final Leadership leadership = this.bench.run.contend(this.bench.wanted("a", LockOptions.defaults()));

	@Test
	void aTermThatItsHolderClosesIsFollowedByAnotherRound() {
		this.bench.nextAsk().granted(100, 1);
		Lease term = this.leadership.lease().orElseThrow();
		this.bench.close(term);
		assertThat(this.leadership.isLeader()).isFalse();
		this.bench.nextRelease().confirmed();
		this.bench.nextAsk().granted(101, 1);
		assertThat(this.leadership.isLeader()).isTrue();
		assertThat(this.bench.story).containsExactly("acquired a 100", "released a 100", "acquired a 101");
	}

	@Test
	void aTermThatIsLostIsFollowedByOneOtherRound() {
		this.bench.nextAsk().granted(100, 1);
		this.bench.time.pass(Bench.TTL.dividedBy(4));
		this.bench.nextRenewal().all(new RenewVerdict.Lost(LossCause.TAKEN, "held by x"));
		this.bench.nextRelease().confirmed();
		assertThat(this.leadership.isLeader()).isFalse();
		this.bench.nextAsk().granted(101, 1);
		assertThat(this.leadership.isLeader()).isTrue();
		assertThat(this.bench.store.isQuiet()).isTrue();
	}

	@Test
	void aLeadershipThatIsClosedIsNotFollowedByAnything() {
		this.bench.nextAsk().granted(100, 1);
		Lease term = this.leadership.lease().orElseThrow();
		this.bench.close(term);
		this.bench.nextRelease().confirmed();
		ScriptedStore.Acquire ask = this.bench.nextAsk();
		this.leadership.close();
		assertThat(this.bench.nextRelease().id()).isEqualTo(ask.id());
		assertThat(this.bench.run.keysInUse()).isZero();
	}

}
