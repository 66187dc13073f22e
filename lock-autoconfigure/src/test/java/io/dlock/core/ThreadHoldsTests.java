package io.dlock.core;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ThreadHolds}.
 */
class ThreadHoldsTests {

	private final Bench bench = new Bench();

	private final ThreadHolds holds = new ThreadHolds();

	@Test
	void whatWasClosedByItsHandleIsForgottenThoughItIsNeverUnlocked() {
		HeldLease kept = hold("kept");
		for (int i = 0; i < 1000; i++) {
			hold("key " + i).letGo();
			this.bench.nextRelease().confirmed();
		}
		assertThat(this.holds.size()).isLessThan(100);
		assertThat(this.holds.lease("kept")).contains(kept);
		assertThat(this.holds.leave("kept")).isSameAs(kept);
	}

	@Test
	void howeverManyAreHeldNoneIsForgotten() {
		for (int i = 0; i < 1000; i++) {
			hold("key " + i);
		}
		assertThat(this.holds.size()).isEqualTo(1000);
	}

	private HeldLease hold(String key) {
		this.bench.wants(key);
		this.bench.nextAsk().granted(100, 1);
		HeldLease lease = this.bench.run.held()
			.stream()
			.filter((each) -> each.key().equals(key))
			.findFirst()
			.orElseThrow();
		this.holds.begin(key, lease);
		return lease;
	}

}
