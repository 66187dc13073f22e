package io.dlock.core;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

import io.dlock.Holder;

/**
 * Whatever keeps the locks: the port through which the core asks for grants, keeps them
 * and gives them back.
 * <p>
 * <strong>Nothing blocks</strong> but {@link #start} and {@link #stop}, and neither of
 * them waits for a store that is away. Every other method returns a stage at once; it is
 * completed on any thread, by an answer or exceptionally, within the store's command
 * timeout, or twice that where it had to be sent twice. Exceptionally means
 * <em>unknown</em>: the command may have been executed, may be executed later, or never.
 * Only a {@link NotSentException} says that it never was. All operations are idempotent
 * for the grant they name, so that whatever is unknown can be asked again.
 * <p>
 * <strong>Grants.</strong> A key is held by at most one grant at a time, and a grant is
 * gone from the store when its TTL has passed without a renewal. Grants that come later
 * have greater tokens.
 */
public interface LockStore {

	/**
	 * So many that a command costs little for each, and so few that it keeps nobody else
	 * waiting for long: about a millisecond in Redis.
	 */
	int RENEWALS_PER_COMMAND = 128;

	/**
	 * Begins to serve one instance: connects, in the background, and tells the listener
	 * of grants and connections from now on. A store that was stopped may be started
	 * again.
	 * @param instanceId the prefix of all grant ids of this instance
	 * @param listener whom to tell, on any thread; it neither blocks nor throws
	 */
	void start(String instanceId, StoreListener listener);

	/**
	 * Ends the service: closes the connections. Commands that are under way become
	 * unknown.
	 */
	void stop();

	/**
	 * Asks for a key. Granted when it is free and nobody who lives waits before this
	 * instance, and again, with the same tokens, when the grant holds it already (its TTL
	 * begins anew). Otherwise a request that waits enters the queue of the key, or is
	 * seen there again.
	 * <p>
	 * A {@linkplain AcquireRequest#claim() claim} is judged first, and in the same step:
	 * where the tick was taken before, there is no grant; where the grant is made, or
	 * found to have been made by pushing, the tick is taken. A waiting request claims
	 * nothing before it is granted.
	 * @param request who asks, for what
	 * @return what the store decided
	 */
	CompletionStage<AcquireAnswer> acquire(AcquireRequest request);

	/**
	 * Gives up a grant, or its place in the queue: when it holds the key, the next living
	 * waiter gets it, or the key becomes free; unless it was asked for with a time
	 * {@linkplain AcquireRequest#atLeast() for which the key stays taken}: then nobody
	 * has it until that is over. Does nothing to anybody else's.
	 * @param grant what is given up, for ever
	 * @return completes when the store has confirmed it
	 */
	CompletionStage<Void> release(GrantId grant);

	/**
	 * Gives up a grant and asks for the key again, as one step: others who wait come
	 * first. When the grant does not hold the key any more, this is a mere request.
	 * @param released what is given up, for ever
	 * @param request what is asked for, under another grant id
	 * @return what the store decided about the request
	 */
	@SuppressWarnings("NamedLikeContextualKeyword") // always called on a store
	CompletionStage<AcquireAnswer> yield(GrantId released, AcquireRequest request);

	/**
	 * Claims a tick for a grant that holds its key, and goes on to hold it.
	 * @param holder the grant
	 * @param claim a name for the claim, never used for another, nor for a grant
	 * @param tick what is claimed
	 * @return what the store decided
	 */
	CompletionStage<ClaimAnswer> claim(GrantId holder, GrantId claim, Claim tick);

	/**
	 * Makes the TTL of many grants begin anew. Costs one command for each
	 * {@value #RENEWALS_PER_COMMAND} of them.
	 * @param requests what is to be renewed; of any number
	 * @return a verdict for each request, in the same order; the stage may also fail,
	 * which is {@link RenewVerdict.Unknown} for all of them
	 */
	CompletionStage<List<RenewVerdict>> renew(List<RenewRequest> requests);

	/**
	 * Who holds a key.
	 * @param key the lock's name
	 * @return the holder, or empty when the key is free
	 */
	CompletionStage<Optional<Holder>> holder(String key);

	/**
	 * What people call this store in a log, with its address and without any secret.
	 * @return for example {@code Redis at localhost:6379}
	 */
	String description();

}
