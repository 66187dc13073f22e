package io.dlock.redis;

import io.dlock.core.LockStoreJobsContract;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Tests that {@link RedisLockStore} does for jobs what every store does, on a real Redis.
 */
class RedisLockStoreJobsTests extends LockStoreJobsContract {

	@RegisterExtension
	static final RedisStoreUnderTest STORE = new RedisStoreUnderTest();

	RedisLockStoreJobsTests() {
		super(STORE);
	}

}
