package io.dlock.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Three instances that want the same lock, for what every {@link LockStore} has to do for
 * them.
 */
abstract class StoreContract {

	/** Runs out while a test waits for it, and not before, even on a busy machine. */
	static final Duration SHORT = Duration.ofMillis(500);

	/** Longer than what a test does at once may take. */
	static final Duration MOMENT = Duration.ofSeconds(1);

	/** Does not run out during a test. */
	static final Duration LONG = Duration.ofMinutes(1);

	static final String KEY = "orders:42";

	private final StoreUnderTest store;

	private final List<Member> members = new ArrayList<>();

	Member one;

	Member two;

	Member three;

	StoreContract(StoreUnderTest store) {
		this.store = store;
	}

	@BeforeEach
	void startMembers() {
		this.one = start("app:one");
		this.two = start("app:two");
		this.three = start("app:three");
	}

	@AfterEach
	void stopMembers() {
		this.members.forEach(Member::close);
	}

	final StoreUnderTest store() {
		return this.store;
	}

	final Member start(String id) {
		Member member = Member.start(id, this.store.newStore());
		this.members.add(member);
		this.store.awaitListening(member);
		return member;
	}

	final void stop(Member member) {
		member.close();
		this.store.awaitGone(member);
	}

	/** For how long the lock stays taken, unless it is renewed. */
	final Duration remaining() {
		return this.one.holder(KEY).orElseThrow().remaining();
	}

}
