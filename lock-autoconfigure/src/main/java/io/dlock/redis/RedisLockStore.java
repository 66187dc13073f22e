package io.dlock.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

import io.dlock.Holder;
import io.dlock.core.AcquireAnswer;
import io.dlock.core.AcquireRequest;
import io.dlock.core.Claim;
import io.dlock.core.ClaimAnswer;
import io.dlock.core.GrantId;
import io.dlock.core.LockStore;
import io.dlock.core.NotSentException;
import io.dlock.core.RenewRequest;
import io.dlock.core.RenewVerdict;
import io.dlock.core.StoreListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Keeps the locks in one Redis, by scripts that Redis runs as a whole.
 * <p>
 * The connection factory stays its creator's: it has to be started before this store and
 * stopped after it, and both may be started again. The store uses the factory's native
 * client for two connections of its own, and its command timeout as the time within which
 * every request is answered or unknown.
 */
public final class RedisLockStore implements LockStore {

	/**
	 * Stands, in the configuration of a factory that asks sentinels, for the name of the
	 * only master that they watch, whatever they call it.
	 */
	public static final String SOLE_MASTER = "(the only master)";

	static final String NO_CLUSTER = "Redis Cluster is not supported yet: let dlock use a single Redis, "
			+ "or a master that Sentinel watches";

	private static final Logger logger = LoggerFactory.getLogger(RedisLockStore.class);

	private final LettuceConnectionFactory factory;

	private final RedisStoreSettings settings;

	private final LockKeys keys;

	private final AtomicBoolean warned = new AtomicBoolean();

	private volatile @Nullable RedisSession session;

	/**
	 * Creates a store, and connects to nothing.
	 * @param factory how Redis is reached
	 * @param settings what the store is called and where it keeps its keys
	 * @throws IllegalArgumentException when the factory is not one of Lettuce's, is one
	 * for a Redis Cluster, or has no command timeout
	 */
	public RedisLockStore(RedisConnectionFactory factory, RedisStoreSettings settings) {
		if (!(factory instanceof LettuceConnectionFactory lettuce)) {
			throw new IllegalArgumentException("The Redis connection factory is a " + factory.getClass().getName()
					+ ": dlock needs a LettuceConnectionFactory");
		}
		if (lettuce.isClusterAware()) {
			throw new IllegalArgumentException(NO_CLUSTER);
		}
		Duration timeout = lettuce.getClientConfiguration().getCommandTimeout();
		if (timeout.isNegative() || timeout.isZero()) {
			throw new IllegalArgumentException("The Redis connection factory's command timeout is " + timeout
					+ ": give it one, so that dlock can tell what has not been answered");
		}
		this.factory = lettuce;
		this.settings = settings;
		this.keys = new LockKeys(settings.keyPrefix());
	}

	@Override
	public synchronized void start(String instanceId, StoreListener listener) {
		if (this.session != null) {
			throw new IllegalStateException("The store is started already: stop it first");
		}
		RedisSession opened = new RedisSession(this.factory, this.settings, instanceId, listener);
		this.session = opened;
		try {
			opened.open();
		}
		catch (RuntimeException | Error failure) {
			stop();
			throw failure;
		}
	}

	@Override
	public synchronized void stop() {
		if (this.session != null) {
			this.session.close();
			this.session = null;
		}
	}

	@Override
	public CompletionStage<AcquireAnswer> acquire(AcquireRequest request) {
		return ask(request, null);
	}

	@Override
	public CompletionStage<AcquireAnswer> yield(GrantId released, AcquireRequest request) {
		return ask(request, released);
	}

	private CompletionStage<AcquireAnswer> ask(AcquireRequest request, @Nullable GrantId givenUp) {
		AcquireCommand ask = new AcquireCommand(request, mode(request), givenUp);
		CompletableFuture<AcquireAnswer> decided = inSession(
				(current) -> current.inTurn(new LockStep<>(LockScript.ACQUIRE, this.keys.all(request.id().key()),
						Answers::acquire, ask.arguments())));
		return (this.settings.minAcks() > 0) ? decided.thenCompose((answer) -> confirm(request, answer)) : decided;
	}

	private CompletionStage<AcquireAnswer> confirm(AcquireRequest request, AcquireAnswer answer) {
		RedisSession current = this.session;
		if (current == null || !(answer instanceof AcquireAnswer.Granted granted)) {
			return CompletableFuture.completedFuture(answer);
		}
		RenewRequest grant = new RenewRequest(request.id(), granted.firstToken(), granted.tokens(), request.ttl());
		return current.confirm(grant)
			.thenApply((refusal) -> (refusal != null) ? new AcquireAnswer.Unconfirmed(refusal) : granted);
	}

	private String mode(AcquireRequest request) {
		if (!request.waits()) {
			return "T";
		}
		RedisSession current = this.session;
		return (current != null && current.expectsToBeTold()) ? "L" : "P";
	}

	@Override
	public CompletionStage<Void> release(GrantId grant) {
		return inSession((current) -> current
			.inTurn(new LockStep<>(LockScript.RELEASE, this.keys.all(grant.key()), this::released, grant.toString())));
	}

	private @Nullable Void released(List<Object> reply) {
		String refused = (String) reply.get(0);
		if (!refused.isEmpty() && this.warned.compareAndSet(false, true)) {
			logger.warn("{} does not let this instance tell others of their grants ({}): they find out late. The user "
					+ "needs +publish and &{}*", description(), refused, this.keys.channels());
		}
		return null;
	}

	@Override
	public CompletionStage<ClaimAnswer> claim(GrantId holder, GrantId claim, Claim tick) {
		List<String> arguments = new ArrayList<>(List.of(holder.toString(), claim.toString()));
		arguments.addAll(AcquireCommand.of(tick));
		return run(new LockStep<>(LockScript.CLAIM, this.keys.all(holder.key()), Answers::claim,
				arguments.toArray(String[]::new)));
	}

	@Override
	public CompletionStage<List<RenewVerdict>> renew(List<RenewRequest> requests) {
		List<CompletableFuture<List<RenewVerdict>>> batches = new ArrayList<>();
		for (int from = 0; from < requests.size(); from += RENEWALS_PER_COMMAND) {
			batches.add(renewBatch(requests.subList(from, Math.min(from + RENEWALS_PER_COMMAND, requests.size()))));
		}
		return CompletableFuture.allOf(batches.toArray(CompletableFuture[]::new)).thenApply((done) -> joined(batches));
	}

	private static List<RenewVerdict> joined(List<CompletableFuture<List<RenewVerdict>>> batches) {
		List<RenewVerdict> verdicts = new ArrayList<>();
		batches.forEach((batch) -> verdicts.addAll(batch.join()));
		return verdicts;
	}

	/** A batch that fails is unknown, and leaves the others what they are. */
	private CompletableFuture<List<RenewVerdict>> renewBatch(List<RenewRequest> batch) {
		RenewCommand renew = new RenewCommand(this.keys, batch);
		return run(new LockStep<>(LockScript.RENEW, renew.scriptKeys(), (reply) -> renewed(renew.verdicts(reply)),
				renew.arguments()))
			.exceptionally((failure) -> {
				RenewVerdict unknown = new RenewVerdict.Unknown(String.valueOf(failure.getMessage()));
				return batch.stream().map((request) -> unknown).toList();
			});
	}

	private List<RenewVerdict> renewed(List<RenewVerdict> verdicts) {
		RedisSession current = this.session;
		if (current != null && Answers.isFromReplica(verdicts)) {
			current.leaveReplica();
		}
		return verdicts;
	}

	@Override
	public CompletionStage<Optional<Holder>> holder(String key) {
		return run(new LockStep<>(LockScript.HOLDER, new String[] { this.keys.lock(key) },
				(reply) -> Answers.holder(key, reply)));
	}

	private <T> CompletableFuture<T> run(LockStep<T> step) {
		return inSession((current) -> current.run(step));
	}

	private <T> CompletableFuture<T> inSession(Function<RedisSession, CompletableFuture<T>> said) {
		RedisSession current = this.session;
		if (current == null) {
			String message = description() + " was not asked: the store is not started, or stopped";
			return CompletableFuture.failedFuture(new NotSentException(message, null));
		}
		return said.apply(current);
	}

	@Override
	public String description() {
		return this.settings.description();
	}

}
