package io.dlock.job;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import io.dlock.Lease;
import io.dlock.LeaseLostException;
import io.dlock.LossCause;
import org.jspecify.annotations.Nullable;

/**
 * A lease that a test can lose.
 */
final class JobLease implements Lease {

	private static final AtomicLong tokens = new AtomicLong();

	private final String key;

	private final Runnable release;

	private final long token = tokens.incrementAndGet();

	private final List<Consumer<LossCause>> listeners = new ArrayList<>();

	private boolean released;

	private @Nullable LossCause lost;

	JobLease(String key, Runnable release) {
		this.key = key;
		this.release = release;
	}

	void lose(LossCause cause) {
		List<Consumer<LossCause>> told;
		synchronized (this) {
			if (this.released || this.lost != null) {
				return;
			}
			this.lost = cause;
			told = List.copyOf(this.listeners);
		}
		told.forEach((listener) -> listener.accept(cause));
	}

	@Override
	public String key() {
		return this.key;
	}

	@Override
	public long fencingToken() {
		return this.token;
	}

	@Override
	public synchronized boolean isValid() {
		return !this.released && this.lost == null;
	}

	@Override
	public Duration remaining() {
		return isValid() ? Duration.ofSeconds(1) : Duration.ZERO;
	}

	@Override
	public synchronized void requireValid() {
		if (this.lost != null) {
			throw new LeaseLostException(this.key, this.token, this.lost, Instant.now());
		}
		if (this.released) {
			throw new IllegalMonitorStateException("released");
		}
	}

	@Override
	public void onLost(Consumer<LossCause> listener) {
		LossCause known;
		synchronized (this) {
			this.listeners.add(listener);
			known = this.lost;
		}
		if (known != null) {
			listener.accept(known);
		}
	}

	@Override
	public void close() {
		boolean first;
		synchronized (this) {
			first = !this.released;
			this.released = true;
		}
		if (first) {
			this.release.run();
		}
	}

}
