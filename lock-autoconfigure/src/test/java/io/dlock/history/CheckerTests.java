package io.dlock.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Small histories that keep all promises but one. Times are milliseconds.
 */
class CheckerTests {

	private static final long MILLI = 1_000_000;

	private static final Limits STRICT = Limits.strict(Duration.ofMillis(1_000), Duration.ofMillis(500));

	private static final Limits FORGETFUL = Limits.forgetful(Duration.ofMillis(1_000), Duration.ofMillis(300),
			Duration.ofMillis(200), Duration.ofMillis(500));

	private final List<Entry> entries = new ArrayList<>();

	@Test
	void findsNothingWhereOneComesAfterTheOther() {
		lease("a", 1, 0, 10, 90, 100);
		lease("b", 2, 20, 101, 150, 160);
		assertBroken(STRICT);
	}

	@Test
	void findsLeasesThatAreValidAtOnce() {
		lease("a", 1, 0, 10, 90, 100);
		lease("b", 2, 20, 80, 150, 160);
		assertBroken(STRICT, Rule.EXCLUSION);
	}

	@Test
	void findsALeaseThatIsValidAfterAnothersGrantHasComeAndGone() {
		lease("a", 1, 0, 10, 90, 100);
		lease("b", 2, 20, 80, 81, 82);
		assertBroken(STRICT, Rule.EXCLUSION);
	}

	@Test
	void bearsWithALoserWhoHearsInTimeWhereTheStoreForgets() {
		lease("a", 1, 0, 10, 800, 810);
		lease("b", 2, 20, 80, 150, 160);
		assertBroken(FORGETFUL);
		assertThat(Checker.overlaps(new History(this.entries, Map.of()))).as("counted all the same").isEqualTo(1);
	}

	@Test
	void findsALoserWhoHearsTooLate() {
		lease("a", 1, 0, 10, 1_200, 1_210);
		confirmed("a", 1, 400);
		lease("b", 2, 20, 80, 150, 160);
		assertBroken(FORGETFUL, Rule.EXCLUSION);
	}

	@Test
	void findsAnOverlapWithAHolderThatWasKilled() {
		confirmed("a", 1, 0);
		note(new Entry.Obtained("a", "key", 1, 0, at(10)));
		told("a", 1, Entry.News.ACQUIRED, 10);
		note(new Entry.Killed("a", at(100)));
		lease("b", 2, 20, 50, 60, 61);
		Map<History.Holding, Long> pulses = Map.of(new History.Holding("a", "key", 1), at(99));
		assertThat(Checker.check(new History(this.entries, pulses), STRICT)).extracting(Violation::rule)
			.containsExactly(Rule.EXCLUSION);
	}

	@Test
	void findsALeaseThatOutlivesItsConfirmation() {
		lease("a", 1, 0, 10, 901, 902);
		assertBroken(STRICT, Rule.DEADLINE);
	}

	@Test
	void countsFromTheLastConfirmation() {
		lease("a", 1, 0, 10, 1_301, 1_302);
		confirmed("a", 1, 401);
		assertBroken(STRICT);
	}

	@Test
	void findsALeaseWithoutAGrant() {
		lease("a", 1, 0, 10, 90, 100);
		this.entries.removeIf(Entry.Confirmed.class::isInstance);
		assertBroken(STRICT, Rule.DEADLINE);
	}

	@Test
	void findsATokenThatFalls() {
		lease("a", 2, 0, 10, 20, 30);
		lease("b", 1, 40, 50, 8, 60);
		assertBroken(STRICT, Rule.TOKENS);
	}

	@Test
	void findsATokenThatIsGivenTwice() {
		lease("a", 1, 0, 10, 20, 30);
		lease("b", 1, 40, 50, 60, 70);
		assertBroken(STRICT, Rule.TOKENS);
	}

	@Test
	void findsAStaleWriteThatWasAccepted() {
		wrote("b", 2, 10, 20, true, false);
		wrote("a", 1, 21, 30, true, false);
		assertBroken(STRICT, Rule.RESOURCE);
	}

	@Test
	void doesNotBlameAWriteThatWasOnItsWay() {
		wrote("b", 2, 10, 20, true, false);
		wrote("a", 1, 19, 30, true, false);
		wrote("a", 1, 31, 40, false, false);
		assertBroken(STRICT);
	}

	@Test
	void findsAHolderWhoIsRefused() {
		wrote("a", 1, 10, 20, false, true);
		assertBroken(STRICT, Rule.RESOURCE);
	}

	@Test
	void findsAnEndThatIsToldTwice() {
		lease("a", 1, 0, 10, 90, 100);
		told("a", 1, Entry.News.LOST, 100);
		assertBroken(STRICT, Rule.EVENTS);
	}

	@Test
	void findsALossThatIsToldBeforeTheBegin() {
		told("a", 1, Entry.News.LOST, 5);
		told("a", 1, Entry.News.ACQUIRED, 10);
		assertBroken(STRICT, Rule.EVENTS);
	}

	@Test
	void findsAnEndThatIsNotTold() {
		told("a", 1, Entry.News.ACQUIRED, 10);
		assertBroken(STRICT, Rule.EVENTS);
	}

	@Test
	void findsALossThatIsToldAsARelease() {
		lease("a", 1, 0, 10, 90, 100);
		this.entries.replaceAll((entry) -> (entry instanceof Entry.Ended end)
				? new Entry.Ended("a", "key", 1, end.lastValidAt(), end.endedAt(), true) : entry);
		assertBroken(STRICT, Rule.EVENTS);
	}

	@Test
	void findsOneWhoWaitsForAFreeKey() {
		lease("a", 1, 0, 10, 90, 100);
		missed("b", 50, 1_700, Long.MAX_VALUE, Entry.Why.INTERRUPTED);
		assertBroken(STRICT, Rule.WAITING);
	}

	@Test
	void excusesAWaitWithAFault() {
		lease("a", 1, 0, 10, 90, 100);
		missed("b", 50, 1_700, Long.MAX_VALUE, Entry.Why.INTERRUPTED);
		note(new Entry.Fault("some", "", at(110), at(500)));
		assertBroken(STRICT);
	}

	@Test
	void findsOneWhoWaitsLongAfterTheFault() {
		lease("a", 1, 0, 10, 90, 100);
		missed("b", 50, 2_100, Long.MAX_VALUE, Entry.Why.INTERRUPTED);
		note(new Entry.Fault("some", "", at(110), at(500)));
		assertBroken(STRICT, Rule.WAITING);
	}

	@Test
	void findsATimedWaitThatDoesNotEndInTime() {
		missed("a", 0, 701, at(200), Entry.Why.TIMED_OUT);
		assertBroken(STRICT, Rule.PATIENCE);
	}

	@Test
	void findsAnOutageThatWasNone() {
		missed("a", 0, 701, Long.MAX_VALUE, Entry.Why.UNAVAILABLE);
		assertBroken(STRICT, Rule.OUTAGE);
	}

	@Test
	void findsWhatIsLeftBehind() {
		note(new Entry.Leftover("dlock:{key}", at(100)));
		assertBroken(STRICT, Rule.LEFTOVERS);
	}

	@Test
	void findsThreadsThatBecomeMore() {
		note(new Entry.Vitals("a", 0, 20, 10_000_000));
		note(new Entry.Vitals("a", at(100), 30, 10_000_000));
		assertBroken(STRICT, Rule.VITALS);
	}

	@Test
	void findsALeaseWithoutEnd() {
		confirmed("a", 1, 0);
		note(new Entry.Obtained("a", "key", 1, 0, at(10)));
		told("a", 1, Entry.News.ACQUIRED, 10);
		told("a", 1, Entry.News.RELEASED, 20);
		assertBroken(STRICT, Rule.STRANGE);
	}

	@Test
	void readsWhatItHasWritten() {
		lease("a", 1, 0, 10, 90, 100);
		wrote("a", 1, 10, 20, false, true);
		missed("a", 0, 701, Long.MAX_VALUE, Entry.Why.UNAVAILABLE);
		List<Entry> read = this.entries.stream()
			.map(EntryLines::write)
			.map(String::stripTrailing)
			.map(EntryLines::parse)
			.toList();
		assertThat(read).isEqualTo(this.entries);
	}

	private void lease(String node, long token, long requested, long obtained, long lastValid, long ended) {
		confirmed(node, token, requested);
		told(node, token, Entry.News.ACQUIRED, obtained);
		note(new Entry.Obtained(node, "key", token, at(requested), at(obtained)));
		told(node, token, Entry.News.RELEASED, ended);
		note(new Entry.Ended(node, "key", token, at(lastValid), at(ended), false));
	}

	private void confirmed(String node, long token, long sent) {
		note(new Entry.Confirmed(node, "key", token, 1, at(sent), STRICT.ttl()));
	}

	private void told(String node, long token, Entry.News news, long at) {
		note(new Entry.Told(node, "key", token, news, at(at)));
	}

	private void wrote(String node, long token, long sent, long answered, boolean accepted, boolean validAfter) {
		note(new Entry.Wrote(node, "key", token, at(sent), at(answered), accepted, validAfter));
	}

	private void missed(String node, long requested, long ended, long patience, Entry.Why why) {
		note(new Entry.Missed(node, "key", at(requested), at(ended), patience, why));
	}

	private void note(Entry entry) {
		this.entries.add(entry);
	}

	private void assertBroken(Limits limits, Rule... rules) {
		assertThat(Checker.check(new History(this.entries, Map.of()), limits)).extracting(Violation::rule)
			.containsExactly(rules);
	}

	private static long at(long millis) {
		return millis * MILLI;
	}

}
