package io.dlock.core;

import java.util.Objects;

/**
 * Names one grant of one key, for ever: never used twice. Written
 * {@code <instance>:<counter>}.
 *
 * @param key the lock's name
 * @param instanceId the instance that asked
 * @param counter counts the grants of the instance; a later grant has a higher one
 */
public record GrantId(String key, String instanceId, long counter) {

	public GrantId {
		Objects.requireNonNull(key, "key");
		Objects.requireNonNull(instanceId, "instanceId");
	}

	@Override
	public String toString() {
		return this.instanceId + ":" + this.counter;
	}

}
