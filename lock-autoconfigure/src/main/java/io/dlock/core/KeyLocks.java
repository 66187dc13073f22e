package io.dlock.core;

import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The key locks in use, each from the first candidate of its key to the last.
 */
final class KeyLocks {

	private final ConcurrentMap<String, KeyLock> byKey = new ConcurrentHashMap<>();

	private final Instance instance;

	KeyLocks(Instance instance) {
		this.instance = instance;
	}

	/**
	 * Puts a candidate in the line of its key.
	 */
	void enter(Candidate candidate) {
		boolean entered = false;
		while (!entered) {
			KeyLock keyLock = this.byKey.computeIfAbsent(candidate.key(),
					(key) -> new KeyLock(key, this.instance, this::retire));
			entered = keyLock.enter(candidate);
			if (!entered) {
				retire(keyLock);
			}
		}
	}

	/**
	 * A grant that nobody wants any more is given back; somebody else's is left alone.
	 */
	void pushed(PushedGrant grant) {
		if (!this.instance.hasIssued(grant.id())) {
			return;
		}
		KeyLock keyLock = this.byKey.get(grant.id().key());
		if (keyLock != null) {
			keyLock.pushed(grant);
		}
		else {
			this.instance.releases().forget(grant.id());
		}
	}

	Collection<KeyLock> all() {
		return this.byKey.values();
	}

	private void retire(KeyLock retired) {
		this.byKey.remove(retired.key(), retired);
	}

}
