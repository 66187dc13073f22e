package io.dlock.redis;

import io.dlock.core.LockStoreContract;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Tests that {@link RedisLockStore} does what every store does, on a real Redis.
 */
class RedisLockStoreTests extends LockStoreContract {

	@RegisterExtension
	static final RedisStoreUnderTest STORE = new RedisStoreUnderTest();

	RedisLockStoreTests() {
		super(STORE);
	}

}
