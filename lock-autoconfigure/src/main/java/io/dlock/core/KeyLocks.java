package io.dlock.core;

import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;

/**
 * The key locks in use, each from the first candidate of its key to the last.
 */
final class KeyLocks {

	private final ConcurrentMap<String, KeyLock> byKey = new ConcurrentHashMap<>();

	private final Instance instance;

	private volatile boolean closed;

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
					(key) -> new KeyLock(key, this.instance, this));
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
		told(grant.id(), (keyLock) -> keyLock.pushed(grant));
	}

	void unconfirmed(GrantId id, String reason) {
		told(id, (keyLock) -> keyLock.unconfirmed(id, reason));
	}

	private void told(GrantId id, Consumer<KeyLock> tell) {
		KeyLock keyLock = this.byKey.get(id.key());
		if (!this.instance.hasIssued(id)) {
			return;
		}
		if (keyLock != null) {
			tell.accept(keyLock);
		}
		else {
			this.instance.releases().forget(id, this.instance.settings().ttl());
		}
	}

	Collection<KeyLock> all() {
		return this.byKey.values();
	}

	/**
	 * Sends everybody away who waits, and everybody who comes from now on. What is held
	 * stays held.
	 */
	void close() {
		this.closed = true;
		all().forEach(KeyLock::dismissLine);
	}

	/**
	 * To be asked under the monitor of a key lock that can be found here: then whoever
	 * was let in is in line, or served, when {@link #close} comes to that key lock.
	 */
	boolean isClosed() {
		return this.closed;
	}

	void retire(KeyLock retired) {
		this.byKey.remove(retired.key(), retired);
	}

}
