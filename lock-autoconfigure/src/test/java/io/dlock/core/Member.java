package io.dlock.core;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.dlock.Holder;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

/**
 * One instance of an application as a store sees it: asks, and waits for the answers.
 */
public final class Member implements AutoCloseable {

	private static final int PATIENCE_SECONDS = 20;

	private final String id;

	private final LockStore store;

	private final RecordingListener listener = new RecordingListener();

	private long seen;

	private Member(String id, LockStore store) {
		this.id = id;
		this.store = store;
	}

	/**
	 * Starts a store for an instance and waits until it is connected.
	 */
	public static Member start(String id, LockStore store) {
		Member member = new Member(id, store);
		store.start(id, member.listener);
		promptly(id + " is connected").until(() -> member.listener.connections().contains("connected"));
		return member;
	}

	public String id() {
		return this.id;
	}

	public LockStore store() {
		return this.store;
	}

	public RecordingListener listener() {
		return this.listener;
	}

	public GrantId grant(String key, long counter) {
		return new GrantId(key, this.id, counter);
	}

	/**
	 * From now on asks as one who has seen this token.
	 */
	public void saw(long token) {
		this.seen = token;
	}

	public AcquireAnswer ask(String key, long counter, Duration ttl, int tokens, boolean waits) {
		return answer(this.store.acquire(request(key, counter, ttl, tokens, waits)));
	}

	/**
	 * Asks without waiting in the queue.
	 */
	public AcquireAnswer tryTo(String key, long counter, Duration ttl) {
		return ask(key, counter, ttl, 1, false);
	}

	public AcquireAnswer.Granted acquire(String key, long counter, Duration ttl) {
		return (AcquireAnswer.Granted) ask(key, counter, ttl, 1, true);
	}

	public AcquireAnswer.Queued queue(String key, long counter, Duration ttl) {
		return (AcquireAnswer.Queued) ask(key, counter, ttl, 1, true);
	}

	/**
	 * Asks as a job does.
	 */
	public AcquireAnswer ask(String key, long counter, Duration ttl, boolean waits, Duration atLeast,
			@Nullable Claim claim) {
		return answer(
				this.store.acquire(new AcquireRequest(grant(key, counter), ttl, 1, this.seen, waits, atLeast, claim)));
	}

	/**
	 * Tries, if it can have the tick as well.
	 */
	public AcquireAnswer claim(String key, long counter, Claim claim) {
		return ask(key, counter, Duration.ofMinutes(1), false, Duration.ZERO, claim);
	}

	/**
	 * Takes a tick, holding the key already.
	 */
	public ClaimAnswer claimHolding(String key, long counter, long claim, Claim tick) {
		return answer(this.store.claim(grant(key, counter), grant(key, claim), tick));
	}

	public void release(String key, long counter) {
		answer(this.store.release(grant(key, counter)));
	}

	public AcquireAnswer passOn(String key, long released, long counter, Duration ttl) {
		return answer(this.store.yield(grant(key, released), request(key, counter, ttl, 1, true)));
	}

	public RenewVerdict renew(RenewRequest request) {
		return renew(List.of(request)).get(0);
	}

	public List<RenewVerdict> renew(List<RenewRequest> requests) {
		return answer(this.store.renew(requests));
	}

	public RenewRequest renewal(String key, long counter, AcquireAnswer.Granted granted, Duration ttl) {
		return new RenewRequest(grant(key, counter), granted.firstToken(), granted.tokens(), ttl);
	}

	public Optional<Holder> holder(String key) {
		return answer(this.store.holder(key));
	}

	/**
	 * Waits until the store has told of a grant.
	 */
	public PushedGrant awaitPush(String key, long counter) {
		return awaitPush(promptly("push to " + this.id), key, counter);
	}

	public PushedGrant awaitPush(String key, long counter, Duration patience) {
		return awaitPush(promptly("push to " + this.id).atMost(patience), key, counter);
	}

	private PushedGrant awaitPush(ConditionFactory told, String key, long counter) {
		told.until(() -> this.listener.grants().stream().anyMatch((grant) -> grant.id().equals(grant(key, counter))));
		return this.listener.grants()
			.stream()
			.filter((grant) -> grant.id().equals(grant(key, counter)))
			.findFirst()
			.orElseThrow();
	}

	private static ConditionFactory promptly(String what) {
		return Awaitility.await(what).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
	}

	private AcquireRequest request(String key, long counter, Duration ttl, int tokens, boolean waits) {
		return new AcquireRequest(grant(key, counter), ttl, tokens, this.seen, waits);
	}

	private static <T> T answer(CompletionStage<T> stage) {
		try {
			return stage.toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex.getCause());
		}
		catch (TimeoutException ex) {
			throw new IllegalStateException("The store has completed nothing", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.store.stop();
	}

}
