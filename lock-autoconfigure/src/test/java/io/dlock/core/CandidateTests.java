package io.dlock.core;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

import io.dlock.LockKind;
import io.dlock.LockOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Candidate}.
 */
class CandidateTests {

	private static final int OFTEN = 2_000;

	private final Bench bench = new Bench();

	private final AtomicReference<@Nullable Candidate> newcomer = new AtomicReference<>();

	@Test
	void whatIsNotedWhileSomebodyLooksIsToldOnce() {
		CompletableFuture<Void> noting = CompletableFuture.runAsync(this::noteOften);
		for (int i = 0; i < OFTEN; i++) {
			Candidate candidate = candidate();
			this.newcomer.set(candidate);
			int told = 0;
			boolean noted;
			do {
				noted = this.newcomer.get() == null;
				told += (candidate.takeListening() != null) ? 1 : 0;
			}
			while (!noted);
			assertThat(told).as("candidate %d", i).isEqualTo(1);
		}
		assertThat(noting).succeedsWithin(Bench.TTL);
	}

	private void noteOften() {
		for (int i = 0; i < OFTEN; i++) {
			Candidate candidate = this.newcomer.get();
			while (candidate == null) {
				Thread.onSpinWait();
				candidate = this.newcomer.get();
			}
			candidate.listens("other", 1);
			this.newcomer.set(null);
		}
	}

	private Candidate candidate() {
		LeaseTerms terms = LeaseTerms.of(this.bench.settings, LockOptions.defaults());
		return new Candidate(new Wanted("a", terms, LockKind.LOCK), Patience.UNTIMED, 0) {

			@Override
			void news() {
			}

		};
	}

}
