package io.dlock.redis;

import java.util.Objects;

/**
 * What a {@link RedisLockStore} is called and where it keeps its keys.
 *
 * @param keyPrefix what all its keys and channels begin with, for example {@code dlock:};
 * without braces, which mark the part of a key that decides on its hash slot
 * @param description what people call the Redis, with its address and without any secret,
 * for example {@code Redis at localhost:6379}
 */
public record RedisStoreSettings(String keyPrefix, String description) {

	public RedisStoreSettings {
		Objects.requireNonNull(description, "description");
		if (keyPrefix.contains("{") || keyPrefix.contains("}")) {
			throw new IllegalArgumentException("keyPrefix is '" + keyPrefix
					+ "': take the braces out, they would move the keys of one lock apart");
		}
	}

}
