package io.dlock.redis;

import java.time.Duration;
import java.util.Objects;

/**
 * What a {@link RedisLockStore} is called and where it keeps its keys.
 *
 * @param keyPrefix what all its keys and channels begin with, for example {@code dlock:};
 * without braces, which mark the part of a key that decides on its hash slot
 * @param description what people call the Redis, with its address and without any secret,
 * for example {@code Redis at localhost:6379}
 * @param minAcks how many replicas have to acknowledge a grant before it counts, 0 for
 * none
 * @param ackTimeout how long to wait for these acknowledgements; shorter than the command
 * timeout
 */
public record RedisStoreSettings(String keyPrefix, String description, int minAcks, Duration ackTimeout) {

	/**
	 * Settings for a Redis whose replicas are not asked.
	 * @param keyPrefix what all keys and channels begin with
	 * @param description what people call the Redis
	 */
	public RedisStoreSettings(String keyPrefix, String description) {
		this(keyPrefix, description, 0, Duration.ZERO);
	}

	public RedisStoreSettings {
		Objects.requireNonNull(description, "description");
		if (keyPrefix.contains("{") || keyPrefix.contains("}")) {
			throw new IllegalArgumentException("keyPrefix is '" + keyPrefix
					+ "': take the braces out, they would move the keys of one lock apart");
		}
		if (minAcks < 0 || (minAcks > 0 && ackTimeout.toMillis() < 1)) {
			throw new IllegalArgumentException("minAcks is %d and ackTimeout %s: they must be positive, or both zero"
				.formatted(minAcks, ackTimeout));
		}
	}

}
