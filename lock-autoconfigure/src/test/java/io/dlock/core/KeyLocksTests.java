package io.dlock.core;

import java.time.Duration;

import io.dlock.FailureCause;
import io.dlock.LockKind;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link KeyLocks}.
 */
class KeyLocksTests {

	private final ScriptedStore store = new ScriptedStore();

	private final ManualTime time = new ManualTime();

	private final Instance instance = Instance.of("bench", settings(), this.store,
			new Instance.Environment(this.time, this.time, new Callbacks(new SameThreadExecutor(), this.time)),
			new Narrator(null, new LockObserver() {
			}));

	private final KeyLocks keyLocks = new KeyLocks(this.instance);

	@Test
	void aKeyIsKeptFromItsFirstCandidateToItsLast() {
		BlockingCandidate candidate = candidate();
		this.keyLocks.enter(candidate);
		assertThat(this.keyLocks.all()).hasSize(1);
		candidate.withdraw(FailureCause.INTERRUPTED);
		assertThat(this.keyLocks.all()).isEmpty();
	}

	@Test
	void whoeverIsInLineWhenTheyCloseIsSentAway() {
		BlockingCandidate candidate = candidate();
		this.keyLocks.enter(candidate);
		this.keyLocks.close();
		assertThat(candidate.outcome()).isInstanceOfSatisfying(Outcome.Failed.class,
				(failed) -> assertThat(failed.cause()).isEqualTo(FailureCause.CLOSED));
		assertThat(this.keyLocks.all()).isEmpty();
	}

	@Test
	void whoeverComesTooLateIsSentAwayByTheKeyItselfAndLeavesNothing() {
		this.keyLocks.close();
		BlockingCandidate candidate = candidate();
		this.keyLocks.enter(candidate);
		assertThat(candidate.outcome()).isInstanceOfSatisfying(Outcome.Failed.class,
				(failed) -> assertThat(failed.cause()).isEqualTo(FailureCause.CLOSED));
		assertThat(this.keyLocks.all()).isEmpty();
		assertThat(this.store.isQuiet()).isTrue();
	}

	@Test
	void whoeverComesTooLateDoesNotDisturbWhatIsHeld() {
		this.store.nextAskIsGranted(100);
		BlockingCandidate holder = candidate();
		this.keyLocks.enter(holder);
		this.keyLocks.close();
		this.keyLocks.enter(candidate());
		assertThat(holder.outcome()).isInstanceOfSatisfying(Outcome.Served.class,
				(served) -> assertThat(served.lease().isValid()).isTrue());
		assertThat(this.keyLocks.all()).hasSize(1);
	}

	private BlockingCandidate candidate() {
		Wanted wanted = new Wanted("a", new LeaseTerms(Duration.ofSeconds(10), Duration.ofSeconds(3), null),
				LockKind.LOCK);
		return new BlockingCandidate(wanted, Patience.UNTIMED, this.instance);
	}

	private static LeaseSettings settings() {
		return new LeaseSettings("bench", Duration.ofSeconds(10), Duration.ofSeconds(3), Duration.ofMillis(100),
				Duration.ofSeconds(2));
	}

}
