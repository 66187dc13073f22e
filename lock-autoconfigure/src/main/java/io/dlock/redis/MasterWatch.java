package io.dlock.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisURI;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches which server the sentinels take for the master: asks all of them every second,
 * and at once when one of them has news. Nothing of this blocks, or has a thread of its
 * own.
 * <p>
 * An open connection does not tell whether the server at its other end is still the
 * master: one that hangs keeps it open, and one that was replaced without need goes on
 * taking writes for some ten seconds, all of which are thrown away in the end.
 */
final class MasterWatch {

	private static final Logger logger = LoggerFactory.getLogger(MasterWatch.class);

	private static final Executor NEXT_ROUND = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS, Runnable::run);

	private final String store;

	private final String master;

	private final Duration timeout;

	private final Runnable moved;

	private final MasterBelief belief;

	private final List<SentinelContact> sentinels = new ArrayList<>();

	/** Completes when there is an answer, or nobody left from whom one could come. */
	private final CompletableFuture<Void> settled = new CompletableFuture<>();

	/** Why a sentinel has not answered, the last time that happened. */
	private volatile @Nullable Throwable failure;

	/** Whether a sentinel has answered that it does not know of the master. */
	private volatile boolean unknown;

	private volatile boolean closed;

	/** Whether people have been told that no sentinel answers. Guarded by this. */
	private boolean silent;

	/**
	 * A watch that does not look yet.
	 * @param store what people call the Redis
	 * @param masterName how the sentinels call the master; null for the only one
	 * @param timeout how long an answer may take
	 * @param moved is called when another server than before is the master
	 */
	MasterWatch(Supplier<RedisClient> client, List<RedisURI> uris, @Nullable String masterName, String store,
			Duration timeout, Runnable moved) {
		this.store = store;
		this.master = (masterName != null) ? "a master called '" + masterName + "'" : "which is the only master";
		this.timeout = timeout;
		this.moved = moved;
		this.belief = new MasterBelief(uris.size());
		uris.forEach(
				(uri) -> this.sentinels.add(new SentinelContact(client, uri, masterName, timeout, this::lookAgain)));
	}

	/** Begins to look. */
	void open() {
		round();
	}

	/**
	 * Which server is the master. Waits for the first answers, as long as they may take.
	 * @throws RedisConnectionException when no sentinel has ever named one
	 */
	MasterReport awaitMaster() throws InterruptedException {
		try {
			this.settled.get(this.timeout.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException | TimeoutException ex) {
			logger.debug("{}: the sentinels have not answered yet", this.store, ex);
		}
		MasterReport known = this.belief.master();
		if (known == null) {
			Throwable cause = this.failure;
			throw new RedisConnectionException(describe(cause), cause);
		}
		return known;
	}

	private String describe(@Nullable Throwable cause) {
		if (cause == null || this.unknown) {
			return "the sentinels that answer do not know " + this.master;
		}
		return Refusals.isDenial(cause)
				? "the sentinels let nobody in with these dlock.sentinel.username and dlock.sentinel.password"
				: "no sentinel answers";
	}

	/** Whether this server counts as the master now. */
	boolean isMaster(MasterReport server) {
		MasterReport known = this.belief.master();
		return known != null && known.names(server);
	}

	/**
	 * Asks all sentinels at once.
	 */
	void lookAgain() {
		for (int i = 0; i < this.sentinels.size() && !this.closed; i++) {
			int sentinel = i;
			CompletableFuture<Void> unused = this.sentinels.get(i).ask().handle((report, failure) -> {
				heard(sentinel, report, failure);
				return null;
			});
		}
	}

	private void round() {
		if (this.closed) {
			return;
		}
		try {
			if (this.belief.roundIsOver()) {
				moved();
			}
			lookAgain();
		}
		catch (RuntimeException ex) {
			logger.warn("{}: the sentinels could not be asked; trying again", this.store, ex);
		}
		finally {
			NEXT_ROUND.execute(this::round);
		}
	}

	private void heard(int sentinel, @Nullable MasterReport report, @Nullable Throwable failure) {
		if (this.closed) {
			return;
		}
		if (failure != null) {
			logger.debug("{}: a sentinel did not answer", this.store, failure);
			this.failure = Answers.unwrap(failure);
		}
		else if (report == null) {
			this.unknown = true;
		}
		boolean another = this.belief.heard(sentinel, report);
		if (this.belief.isSettled()) {
			this.settled.complete(null);
			tellWhetherInformed();
		}
		if (another) {
			moved();
		}
	}

	private void moved() {
		MasterReport master = this.belief.master();
		logger.info("{}: the master is {}", this.store, (master != null) ? master.address() : "unknown");
		this.moved.run();
	}

	private synchronized void tellWhetherInformed() {
		MasterReport master = this.belief.master();
		if (master == null || this.silent != this.belief.isInformed()) {
			return;
		}
		this.silent = !this.silent;
		if (this.silent) {
			logger.warn("{}: no sentinel answers, going on with the master that is known, {}", this.store,
					master.address());
		}
		else {
			logger.info("{}: sentinels answer again", this.store);
		}
	}

	/**
	 * Closes the connections.
	 * @return completes when that is done
	 */
	CompletableFuture<Void> close() {
		this.closed = true;
		this.settled.complete(null);
		return CompletableFuture
			.allOf(this.sentinels.stream().map(SentinelContact::close).toArray(CompletableFuture[]::new));
	}

}
