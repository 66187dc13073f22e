package io.dlock.core;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * One key of {@link LocalLocks}: who holds it, the queue of those who wait, and the job
 * under it. Guarded by these.
 */
final class LocalLock {

	/** An entry per instance, in the order of entering; replacing one keeps its place. */
	private final Map<String, Entry> queue = new LinkedHashMap<>();

	private @Nullable Hold hold;

	private @Nullable LocalJob job;

	/**
	 * Who holds the key at a time.
	 */
	@Nullable Hold hold(long now) {
		if (this.hold != null && this.hold.expiresAt() - now <= 0) {
			this.hold = null;
		}
		return this.hold;
	}

	void hold(@Nullable Hold hold) {
		this.hold = hold;
	}

	/**
	 * What is remembered of the job at a time, or null where that is nothing.
	 */
	@Nullable LocalJob knownJob(long now) {
		return (this.job != null && !this.job.isForgotten(now)) ? this.job : null;
	}

	/**
	 * The job as it is remembered at a time, or as one of which nothing is.
	 */
	LocalJob job(long now) {
		LocalJob known = knownJob(now);
		if (known == null) {
			known = new LocalJob(now);
			this.job = known;
		}
		return known;
	}

	boolean isUnused(long now) {
		return hold(now) == null && this.queue.isEmpty() && knownJob(now) == null;
	}

	/**
	 * Whether a later grant of the same instance waits already: who asks is late.
	 */
	boolean isSuperseded(GrantId id) {
		Entry own = this.queue.get(id.instanceId());
		return own != null && own.id().counter() > id.counter();
	}

	/**
	 * Enters the queue, or is seen there again.
	 * @return the place in the queue, from 1
	 */
	int enter(Entry entry, Predicate<Entry> living) {
		String instance = entry.id().instanceId();
		this.queue.values().removeIf((other) -> !living.test(other) && !other.isOf(instance));
		if (!isSuperseded(entry.id())) {
			this.queue.put(instance, entry);
		}
		int position = 1;
		for (String waiting : this.queue.keySet()) {
			if (waiting.equals(instance)) {
				break;
			}
			position++;
		}
		return position;
	}

	/**
	 * Leaves the queue, if it is this grant that waits there.
	 */
	void leave(GrantId id) {
		Entry own = this.queue.get(id.instanceId());
		if (own != null && own.id().equals(id)) {
			this.queue.remove(id.instanceId());
		}
	}

	void removeEntryOf(String instanceId) {
		this.queue.remove(instanceId);
	}

	/**
	 * Takes the first living entry out of the queue, together with the dead ones before
	 * it.
	 * @param asker who asks for the key: its own entry is not meant, unless a later grant
	 * has it
	 * @param passOwn whether the search goes on behind the asker's own entry, or ends
	 * there
	 */
	@Nullable Entry takeFirstLiving(@Nullable GrantId asker, boolean passOwn, Predicate<Entry> living) {
		Iterator<Entry> entries = this.queue.values().iterator();
		while (entries.hasNext()) {
			Entry entry = entries.next();
			if (asker != null && entry.isOf(asker.instanceId()) && !isSuperseded(asker)) {
				if (!passOwn) {
					return null;
				}
				continue;
			}
			entries.remove();
			if (living.test(entry)) {
				return entry;
			}
		}
		return null;
	}

	/**
	 * A grant that waits.
	 *
	 * @param id which
	 * @param ttl how long it will last without renewal
	 * @param tokens how many tokens it wants
	 * @param seenAt when it last asked, in nanoseconds
	 */
	record Entry(GrantId id, Duration ttl, int tokens, long seenAt) {

		boolean isOf(String instanceId) {
			return this.id.instanceId().equals(instanceId);
		}

		boolean wasSeenWithinTtl(long now) {
			return now - this.seenAt <= this.ttl.toNanos();
		}

	}

	/**
	 * A grant that holds the key.
	 *
	 * @param id which
	 * @param firstToken its first token
	 * @param tokens how many it has
	 * @param expiresAt when its TTL is over, in nanoseconds
	 */
	record Hold(GrantId id, long firstToken, int tokens, long expiresAt) {

		Hold until(long expiresAt) {
			return new Hold(this.id, this.firstToken, this.tokens, expiresAt);
		}

		Duration remaining(long now) {
			return Duration.ofNanos(this.expiresAt - now);
		}

	}

}
