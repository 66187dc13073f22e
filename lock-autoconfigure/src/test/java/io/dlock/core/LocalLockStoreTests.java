package io.dlock.core;

/**
 * Tests for {@link LocalLockStore}.
 */
class LocalLockStoreTests extends LockStoreContract {

	LocalLockStoreTests() {
		super(new LocalStoreUnderTest());
	}

}
