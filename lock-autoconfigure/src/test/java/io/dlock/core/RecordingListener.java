package io.dlock.core;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Remembers what a store has told.
 */
public final class RecordingListener implements StoreListener {

	private final List<PushedGrant> grants = new CopyOnWriteArrayList<>();

	private final List<GrantId> unconfirmed = new CopyOnWriteArrayList<>();

	private final List<String> connections = new CopyOnWriteArrayList<>();

	private final List<Throwable> causes = new CopyOnWriteArrayList<>();

	public List<PushedGrant> grants() {
		return this.grants;
	}

	public List<GrantId> unconfirmed() {
		return this.unconfirmed;
	}

	/**
	 * Each {@code connected} and {@code disconnected}, in the order told.
	 */
	public List<String> connections() {
		return this.connections;
	}

	public List<Throwable> causes() {
		return this.causes;
	}

	@Override
	public void granted(PushedGrant grant) {
		this.grants.add(grant);
	}

	@Override
	public void unconfirmed(GrantId id, String reason) {
		this.unconfirmed.add(id);
	}

	@Override
	public void connected() {
		this.connections.add("connected");
	}

	@Override
	public void disconnected(Throwable cause) {
		this.causes.add(cause);
		this.connections.add("disconnected");
	}

}
