package io.dlock.core;

/**
 * Tests for what {@link LocalLockStore} does for jobs.
 */
class LocalLockStoreJobsTests extends LockStoreJobsContract {

	LocalLockStoreJobsTests() {
		super(new LocalStoreUnderTest());
	}

}
