package io.dlock;

import java.time.Duration;

/**
 * Who holds a key, in the words of the lock store.
 *
 * @param key the lock's name
 * @param instanceId the instance that holds it
 * @param grantId the grant under which it is held: the instance's id and a counter
 * @param fencingToken the first fencing token of the grant; a lease that was handed on
 * inside the instance has a later one
 * @param remaining how long the grant lasts if nobody renews it
 */
public record Holder(String key, String instanceId, String grantId, long fencingToken, Duration remaining) {

	@Override
	public String toString() {
		return "Holder[key=%s, instanceId=%s, grantId=%s, fencingToken=%d, remaining=%s]"
			.formatted(KeyText.escaped(this.key), this.instanceId, this.grantId, this.fencingToken, this.remaining);
	}

}
