package io.dlock.core;

import java.time.Duration;

/**
 * Whatever keeps the locks in a test, and what the test has to know of it.
 */
public interface StoreUnderTest {

	/** A store that shares its locks with the other stores of the test. */
	LockStore newStore();

	/** Returns when so much time has passed for the stores. */
	void passTime(Duration time);

	/** Lets whatever keeps the locks forget them all. */
	void loseMemory();

	/** Returns when a member that waits will be told of its grant. */
	void awaitListening(Member started);

	/** Returns when a store that was stopped has gone for the others as well. */
	void awaitGone(Member stopped);

}
