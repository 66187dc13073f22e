package io.dlock.core;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;

import io.dlock.Holder;
import io.dlock.LossCause;
import org.jspecify.annotations.Nullable;

/**
 * The locks of all {@link LocalLockStore}s that share one memory. Each decision is one
 * step under the monitor, which guards everything here; who is to be told of a grant is
 * told when the monitor has been left.
 */
final class LocalLocks {

	/** How often it is looked for keys that are out of date, at most: each minute. */
	private static final long SWEEP_INTERVAL = 60_000_000_000L;

	private final NanoClock clock;

	private final Object monitor = new Object();

	private final Map<String, LocalLock> locks = new HashMap<>();

	private final Map<String, StoreListener> listeners = new HashMap<>();

	private long sweptAt;

	/** The last token issued, for whatever key: so nothing remains of a key in no use. */
	private long lastToken;

	/** Of grants with this token, or a smaller one, nothing may be remembered. */
	private long forgotten;

	/** Tells whoever the present step has handed a key to. */
	private @Nullable Runnable push;

	LocalLocks(NanoClock clock) {
		this.clock = clock;
		this.sweptAt = clock.nanoTime();
	}

	void join(String instanceId, StoreListener listener) {
		synchronized (this.monitor) {
			this.listeners.put(instanceId, listener);
		}
	}

	void leave(String instanceId) {
		synchronized (this.monitor) {
			this.listeners.remove(instanceId);
		}
	}

	/**
	 * Forgets all, like a server that keeps nothing on disk and is started anew.
	 */
	void loseMemory() {
		synchronized (this.monitor) {
			this.locks.clear();
			this.forgotten = this.lastToken;
		}
	}

	/**
	 * Asks for a key, and gives up another grant in the same step if there is one.
	 */
	AcquireAnswer acquire(AcquireRequest request, @Nullable GrantId givenUp) {
		return decide(request.id().key(), (lock, now) -> {
			LocalLock.Hold hold = lock.hold(now);
			LocalJob.Judgement claim = judge(lock, request, now);
			if (claim != null && !claim.free()) {
				lock.leave(request.id());
				return new AcquireAnswer.AlreadyRan(claim.tick().by().instanceId(),
						Instant.ofEpochMilli(claim.tick().millis()));
			}
			if (hold != null && hold.id().equals(request.id())) {
				lock.hold(hold.until(now + request.ttl().toNanos()));
				return granted(lock, request, claim, now);
			}
			LocalLock.Entry asker = new LocalLock.Entry(request.id(), request.ttl(), request.tokens(), now);
			boolean yields = hold != null && hold.id().equals(givenUp);
			if (hold == null || yields) {
				LocalLock.Entry heir = lock.takeFirstLiving(request.id(), yields, (entry) -> isLiving(entry, now));
				if (heir == null) {
					lock.removeEntryOf(request.id().instanceId());
					grant(lock, asker, request.seen(), now);
					return granted(lock, request, claim, now);
				}
				hold = handOver(lock, heir, request.seen(), now);
			}
			String holder = hold.id().instanceId();
			if (!request.waits()) {
				return new AcquireAnswer.Held(holder, hold.remaining(now));
			}
			int position = lock.enter(asker, (entry) -> entry.wasSeenWithinTtl(now));
			return new AcquireAnswer.Queued(holder, hold.remaining(now), position, this.lastToken, true);
		});
	}

	private static LocalJob.@Nullable Judgement judge(LocalLock lock, AcquireRequest request, long now) {
		return (request.claim() != null) ? lock.job(now).judge(request.claim(), request.id(), now) : null;
	}

	ClaimAnswer claim(GrantId holder, GrantId claim, Claim tick) {
		return decide(holder.key(), (lock, now) -> {
			LocalLock.Hold hold = lock.hold(now);
			if (hold == null || !hold.id().equals(holder)) {
				return new ClaimAnswer.NotHeld();
			}
			LocalJob.Judgement judgement = lock.job(now).judge(tick, claim, now);
			if (!judgement.free()) {
				return new ClaimAnswer.AlreadyRan(judgement.tick().by().instanceId(),
						Instant.ofEpochMilli(judgement.tick().millis()));
			}
			lock.job(now).take(tick, judgement.tick(), now);
			return new ClaimAnswer.Claimed();
		});
	}

	/**
	 * The request holds the key, and has what it asked for besides.
	 */
	private AcquireAnswer granted(LocalLock lock, AcquireRequest request, LocalJob.@Nullable Judgement claim,
			long now) {
		LocalLock.Hold hold = Objects.requireNonNull(lock.hold(now));
		if (claim != null && request.claim() != null) {
			lock.job(now).take(request.claim(), claim.tick(), now);
		}
		if (claim != null || !request.atLeast().isZero()) {
			LocalJob job = lock.job(now);
			job.owe(request, now);
			long rest = job.rest(request.id(), now).toNanos();
			lock.hold(hold.until(now + Math.max(request.ttl().toNanos(), rest)));
		}
		return new AcquireAnswer.Granted(hold.firstToken(), hold.tokens());
	}

	@Nullable Void release(GrantId grant) {
		return decide(grant.key(), (lock, now) -> {
			LocalLock.Hold hold = lock.hold(now);
			if (hold == null || !hold.id().equals(grant)) {
				lock.leave(grant);
				return null;
			}
			LocalJob job = lock.knownJob(now);
			if (job != null) {
				job.ended(grant, now);
				Duration rest = job.rest(grant, now);
				if (!rest.isZero()) {
					lock.hold(hold.until(now + rest.toNanos()));
					return null;
				}
			}
			LocalLock.Entry heir = lock.takeFirstLiving(null, false, (entry) -> isLiving(entry, now));
			if (heir == null) {
				lock.hold(null);
			}
			else {
				handOver(lock, heir, 0, now);
			}
			return null;
		});
	}

	RenewVerdict renew(RenewRequest request) {
		return decide(request.id().key(), (lock, now) -> {
			LocalLock.Hold hold = lock.hold(now);
			if (hold == null && request.firstToken() > this.forgotten) {
				return new RenewVerdict.Lost(LossCause.DELETED, "nobody holds it");
			}
			if (hold != null && !(hold.id().equals(request.id()) && hold.firstToken() == request.firstToken())) {
				return new RenewVerdict.Lost(LossCause.TAKEN, hold.id().toString());
			}
			long left = (hold != null) ? hold.remaining(now).toNanos() : 0;
			lock.hold(new LocalLock.Hold(request.id(), request.firstToken(), request.tokens(),
					now + Math.max(left, request.ttl().toNanos())));
			return new RenewVerdict.Renewed();
		});
	}

	Optional<Holder> holder(String key) {
		return decide(key,
				(lock, now) -> Optional.ofNullable(lock.hold(now))
					.map((hold) -> new Holder(key, hold.id().instanceId(), hold.id().toString(), hold.firstToken(),
							hold.remaining(now))));
	}

	/**
	 * How many keys are remembered.
	 */
	int size() {
		synchronized (this.monitor) {
			return this.locks.size();
		}
	}

	private <T> T decide(String key, BiFunction<LocalLock, Long, T> step) {
		T decision;
		Runnable told;
		synchronized (this.monitor) {
			long now = this.clock.nanoTime();
			LocalLock lock = lock(key, now);
			decision = step.apply(lock, now);
			if (lock.isUnused(now)) {
				this.locks.remove(key);
			}
			told = this.push;
			this.push = null;
		}
		if (told != null) {
			told.run();
		}
		return decision;
	}

	/**
	 * A key that is out of date may never be asked for again: such keys are forgotten
	 * when others come.
	 */
	private LocalLock lock(String key, long now) {
		if (now - this.sweptAt >= SWEEP_INTERVAL) {
			this.sweptAt = now;
			this.locks.values().removeIf((each) -> each.isUnused(now));
		}
		return this.locks.computeIfAbsent(key, (absent) -> new LocalLock());
	}

	private boolean isLiving(LocalLock.Entry entry, long now) {
		return entry.wasSeenWithinTtl(now) && this.listeners.containsKey(entry.id().instanceId());
	}

	private LocalLock.Hold handOver(LocalLock lock, LocalLock.Entry heir, long seen, long now) {
		LocalLock.Hold hold = grant(lock, heir, seen, now);
		StoreListener listener = this.listeners.get(heir.id().instanceId());
		if (listener != null) {
			this.push = () -> listener.granted(new PushedGrant(hold.id(), hold.firstToken(), hold.tokens()));
		}
		return hold;
	}

	/**
	 * The tokens are greater than all before, on this machine's clock even than those of
	 * a process that ran earlier.
	 */
	private LocalLock.Hold grant(LocalLock lock, LocalLock.Entry to, long seen, long now) {
		long micros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
		long first = Math.max(Math.max(this.lastToken, seen) + 1, micros);
		this.lastToken = first + to.tokens() - 1;
		LocalLock.Hold hold = new LocalLock.Hold(to.id(), first, to.tokens(), now + to.ttl().toNanos());
		lock.hold(hold);
		return hold;
	}

}
