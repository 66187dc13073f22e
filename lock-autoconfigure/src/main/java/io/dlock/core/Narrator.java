package io.dlock.core;

import java.time.Duration;
import java.time.Instant;

import io.dlock.LockKind;
import io.dlock.LockRegistry;
import io.dlock.LossCause;

/**
 * Tells the observer of a registry what happens, on whatever thread it is called, and
 * keeps the observer's failures from everybody else.
 */
final class Narrator {

	private final LockRegistry registry;

	private final LockObserver observer;

	Narrator(LockRegistry registry, LockObserver observer) {
		this.registry = registry;
		this.observer = observer;
	}

	void acquired(HeldLease lease, long waitedNanos) {
		Duration waited = Duration.ofNanos(waitedNanos);
		Callbacks.quietly(
				() -> this.observer.acquired(this.registry, lease.key(), lease.kind(), lease.fencingToken(), waited));
	}

	void released(HeldLease lease, long heldNanos) {
		Duration held = Duration.ofNanos(heldNanos);
		Callbacks.quietly(
				() -> this.observer.released(this.registry, lease.key(), lease.kind(), lease.fencingToken(), held));
	}

	void lost(HeldLease lease, LossCause cause, Instant lostAt) {
		Callbacks.quietly(() -> this.observer.lost(this.registry, lease.key(), lease.kind(), lease.fencingToken(),
				cause, lostAt));
	}

	void lostAgain(HeldLease lease, LossCause cause, Instant lostAt) {
		Callbacks.quietly(() -> this.observer.lostAgain(this.registry, lease.key(), lease.kind(), lease.fencingToken(),
				cause, lostAt));
	}

	void failed(String key, LockKind kind, Outcome.Failed failed) {
		Callbacks.quietly(
				() -> this.observer.failed(this.registry, key, kind, failed.cause(), failed.holder(), failed.tick()));
	}

	void listening(String key, LockKind kind, String holder, int position) {
		Callbacks.quietly(() -> this.observer.listening(this.registry, key, kind, holder, position));
	}

}
