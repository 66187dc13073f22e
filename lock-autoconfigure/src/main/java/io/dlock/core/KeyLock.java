package io.dlock.core;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import io.dlock.FailureCause;
import io.dlock.LossCause;
import org.jspecify.annotations.Nullable;

/**
 * The state machine of one key in this instance: whether the key is free, asked for or
 * held here, and who stands in line for it.
 * <p>
 * All transitions are in this class, each in one call of {@link #atomically}: under the
 * monitor it changes the state and notes what is to be done after; once the monitor has
 * been left, that is done. Nothing that blocks, no I/O and no code of users runs under
 * the monitor. <pre>
 *          enter                granted, pushed
 *   FREE --------&gt; REQUESTED ------------------------&gt; HELD ---.  release: the next in line,
 *    ^              |  ^  ^                             |  ^---'  under the same grant
 *    |  line empty  |  |  |   release: yield; or loss   |
 *    '--------------'  |  '-----------------------------'
 *    ^                 |  a leftover is pushed, or other times are wanted: fresh id
 *    |                                                  |
 *    '--------------------------------------------------'
 *                 release or loss, line empty
 * </pre> A grant id that leaves REQUESTED without a grant, or leaves HELD, is
 * <em>terminal</em>: the store is told to forget it, it is never asked for again, and
 * whatever the store says of it later is answered with another release. So replies and
 * pushes may come late, twice, in any order or not at all.
 * <p>
 * A key lock is made for the first candidate of a key and retired with the last.
 */
final class KeyLock {

	private final String key;

	private final Instance instance;

	private final Object monitor = new Object();

	/** Guarded by the monitor, as is everything that hangs on it. */
	private final KeyState state;

	KeyLock(String key, Instance instance, KeyLocks keyLocks) {
		this.key = key;
		this.instance = instance;
		this.state = new KeyState(this, instance, keyLocks);
	}

	String key() {
		return this.key;
	}

	// Candidates come and go

	/**
	 * A candidate joins the line.
	 * @return whether it did: a key lock that has been retired takes nobody
	 */
	boolean enter(Candidate candidate) {
		return atomically((after) -> {
			this.state.loseIfExpired(after);
			if (this.state.isRetired()) {
				return false;
			}
			if (this.state.isClosed()) {
				this.state.sendAway(candidate, after);
				return true;
			}
			candidate.entered(this);
			boolean taken = this.state.phase() instanceof Phase.Held || this.state.line().hasWaiting();
			if (taken && !candidate.waits()) {
				candidate.decide(this.state.taken());
				after.then(candidate::news);
				return true;
			}
			this.state.line().add(candidate);
			if (this.state.phase() instanceof Phase.Free) {
				this.state.request(after);
			}
			else {
				this.state.tellNewcomers(after);
			}
			return true;
		});
	}

	/**
	 * A candidate leaves the line, unless its outcome has been decided.
	 * @return whether it left
	 */
	boolean withdraw(Candidate candidate, FailureCause cause) {
		return atomically((after) -> {
			boolean left = this.state.line().remove(candidate);
			if (left) {
				candidate.decide(this.state.withdrawn(cause));
				this.state.adaptToLine(after);
			}
			return left;
		});
	}

	/**
	 * Sends everybody in line away: the registry closes. Whoever comes later is sent away
	 * at once.
	 */
	void dismissLine() {
		atomically((after) -> {
			this.state.line().dismiss((candidate) -> true, Outcome.Failed.closed(this.key), after);
			this.state.adaptToLine(after);
			return null;
		});
	}

	// The store answers

	void answered(Request request, long sentAt, AcquireAnswer answer) {
		this.instance.availability().answered();
		atomically((after) -> {
			request.answered(answer);
			if (this.state.phase() != request) {
				boolean nothingToForget = answer instanceof AcquireAnswer.Held || request.isOvertaken(answer);
				this.state.forgetUnlessHeld(request, !nothingToForget, after);
			}
			else if (answer instanceof AcquireAnswer.Granted granted) {
				this.state.hold(request, new TokenBlock(granted.firstToken(), granted.tokens(), false), sentAt, after);
			}
			else if (answer instanceof AcquireAnswer.Unconfirmed unconfirmed) {
				this.state.giveBack(request, unconfirmed.reason(), after);
			}
			else if (answer instanceof AcquireAnswer.AlreadyRan ran) {
				this.state.leaveTick(request, ran, after);
			}
			else if (answer instanceof AcquireAnswer.Queued queued) {
				this.instance.sawToken(queued.mark());
				request.queued(queued, sentAt);
				this.state.line().dismissTries(Outcome.Failed.held(queued.holder()), after);
				if (this.state.adaptToLine(after)) {
					if (request.isOvertaken(queued)) {
						this.state.ask(request, after);
					}
					else {
						this.state.tellNewcomers(after);
						this.state.await(request, after);
					}
				}
			}
			else if (answer instanceof AcquireAnswer.Held held) {
				this.state.line().dismissTries(Outcome.Failed.held(held.holder()), after);
				if (this.state.adaptToLine(after)) {
					this.state.ask(request, after);
				}
			}
			return null;
		});
	}

	void unanswered(Request request, long sentAt, Throwable cause) {
		this.instance.availability().failed(cause);
		atomically((after) -> {
			long retryIn = request.unanswered(cause, sentAt);
			if (this.state.phase() != request) {
				this.state.forgetUnlessHeld(request, !(cause instanceof NotSentException), after);
			}
			else if (cause instanceof DeniedException) {
				this.state.bearDenial(request, this.state.unavailable(), retryIn, after);
			}
			else {
				this.state.bear(request, this.state.unavailable(), retryIn, after);
			}
			return null;
		});
	}

	/**
	 * The store tells of a grant. It may be used at once if it is younger than the last
	 * answer to our asking: then its TTL began after that was sent. An older one is a
	 * leftover of something that the store remembers and we do not. What a job wants
	 * besides the key, the store sees to when it is asked once more.
	 */
	void pushed(PushedGrant grant) {
		atomically((after) -> {
			if (!(this.state.phase() instanceof Request request && request.id().equals(grant.id()))) {
				this.state.forgetUnlessHeld(grant.id(), this.instance.settings().ttl(), after);
			}
			else if (request.isNewerThanMark(grant.firstToken()) && !request.terms().job().isNone()) {
				request.granted(grant.firstToken());
				this.state.ask(request, after);
			}
			else if (request.isNewerThanMark(grant.firstToken())) {
				this.state.hold(request, new TokenBlock(grant.firstToken(), grant.tokens(), true), request.base(),
						after);
			}
			else {
				this.state.askUnderFreshId(request, after);
			}
			return null;
		});
	}

	/**
	 * The store tells of a grant that it cannot vouch for.
	 */
	void unconfirmed(GrantId id, String reason) {
		atomically((after) -> {
			if (this.state.phase() instanceof Request request && request.id().equals(id)) {
				this.state.giveBack(request, reason, after);
			}
			else {
				this.state.forgetUnlessHeld(id, this.instance.settings().ttl(), after);
			}
			return null;
		});
	}

	/**
	 * Asks again, if there is still something to ask for.
	 */
	void recheck() {
		atomically((after) -> {
			if (this.state.phase() instanceof Request request) {
				this.state.ask(request, after);
			}
			return null;
		});
	}

	// A lease ends

	/**
	 * Gives a lease back: to the next in line here, or to the store. Does nothing when
	 * the lease has ended before.
	 * @return completes when the store has confirmed it, or has not within the command
	 * timeout; at once when there is nothing to confirm
	 */
	CompletableFuture<Void> release(HeldLease lease) {
		CompletableFuture<Void> confirmed = new CompletableFuture<>();
		boolean goesToStore = atomically((after) -> {
			this.state.loseIfExpired(after);
			if (!this.state.isHeldBy(lease)) {
				return false;
			}
			lease.released();
			Grant grant = lease.grant();
			Candidate next = this.state.line().first();
			if (next == null || !grant.terms().job().isNone() || !next.terms().job().isNone()) {
				this.state.end(grant, after);
				after.then(() -> this.instance.releases().release(grant.id(), grant.terms().ttl(), confirmed));
				this.state.requestOrFree(after);
				return true;
			}
			if (grant.canServe(next.terms(), this.instance.now())) {
				this.state.serveNext(grant, after);
			}
			else {
				this.state.end(grant, after);
				this.state.passOn(grant, next.terms(), after);
			}
			return false;
		});
		if (!goesToStore) {
			confirmed.complete(null);
		}
		return confirmed;
	}

	/**
	 * The grant is not ours any more.
	 */
	void lose(Grant grant, LossCause cause, String detail) {
		atomically((after) -> {
			if (this.state.phase() instanceof Phase.Held held && held.lease().grant() == grant) {
				this.state.lose(held.lease(), cause, detail, after);
			}
			return null;
		});
	}

	/**
	 * The lease has been held for longer than its owner allowed.
	 */
	void overdue(HeldLease lease) {
		atomically((after) -> {
			if (this.state.isHeldBy(lease)) {
				this.state.lose(lease, LossCause.OVERDUE, "it was held for longer than its maxHold", after);
			}
			return null;
		});
	}

	/**
	 * Makes official what the clock has decided.
	 */
	void loseIfExpired() {
		atomically((after) -> {
			this.state.loseIfExpired(after);
			return null;
		});
	}

	/**
	 * The store has confirmed a grant, with a TTL that began after the given time.
	 */
	void renewed(Grant grant, long sentAt) {
		atomically((after) -> {
			this.state.loseIfExpired(after);
			grant.confirmed(sentAt, this.instance.now());
			return null;
		});
	}

	/**
	 * The lease that holds the key here, if there is one.
	 */
	@Nullable HeldLease lease() {
		synchronized (this.monitor) {
			return (this.state.phase() instanceof Phase.Held held) ? held.lease() : null;
		}
	}

	private <T> T atomically(Function<After, T> transition) {
		After after = new After();
		T result;
		synchronized (this.monitor) {
			result = transition.apply(after);
		}
		after.run();
		return result;
	}

}
