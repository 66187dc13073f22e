package io.dlock.history;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import io.dlock.LockKind;
import io.dlock.LockRegistry;
import io.dlock.LossCause;
import io.dlock.core.LockObserver;

/**
 * Writes down what it is told.
 */
public final class WatchingObserver implements LockObserver {

	private final String node;

	private final LongSupplier clock;

	private final Consumer<Entry> journal;

	public WatchingObserver(String node, LongSupplier clock, Consumer<Entry> journal) {
		this.node = node;
		this.clock = clock;
		this.journal = journal;
	}

	@Override
	public void acquired(LockRegistry registry, String key, LockKind kind, long fencingToken, Duration waited) {
		told(key, fencingToken, Entry.News.ACQUIRED);
	}

	@Override
	public void released(LockRegistry registry, String key, LockKind kind, long fencingToken, Duration held) {
		told(key, fencingToken, Entry.News.RELEASED);
	}

	@Override
	public void lost(LockRegistry registry, String key, LockKind kind, long fencingToken, LossCause cause,
			Instant lostAt) {
		told(key, fencingToken, Entry.News.LOST);
	}

	private void told(String key, long token, Entry.News news) {
		this.journal.accept(new Entry.Told(this.node, key, token, news, this.clock.getAsLong()));
	}

}
