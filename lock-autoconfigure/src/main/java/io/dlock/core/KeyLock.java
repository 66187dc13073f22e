package io.dlock.core;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
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
 *    ^                 |  a leftover is pushed, or another TTL is wanted: fresh id
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

	/** How many fencing tokens are asked for where threads contend. */
	static final int TOKEN_BLOCK = 64;

	private final String key;

	private final Instance instance;

	private final Consumer<KeyLock> retire;

	private final Object monitor = new Object();

	/** Guarded by the monitor, as is everything that hangs on it. */
	private Phase phase = new Phase.Free();

	/** Guarded by the monitor. */
	private final Line line = new Line();

	/** Guarded by the monitor. */
	private boolean retired;

	KeyLock(String key, Instance instance, Consumer<KeyLock> retire) {
		this.key = key;
		this.instance = instance;
		this.retire = retire;
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
			loseIfExpired(after);
			if (this.retired) {
				return false;
			}
			candidate.entered(this);
			boolean taken = this.phase instanceof Phase.Held || this.line.hasWaiting();
			if (taken && !candidate.waits()) {
				candidate.decide(Outcome.Failed.held(knownHolder()));
				after.then(candidate::decided);
				return true;
			}
			this.line.add(candidate);
			if (this.phase instanceof Phase.Free) {
				request(after);
			}
			else {
				tellNewcomers(after);
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
			boolean left = this.line.remove(candidate);
			if (left) {
				candidate.decide(withdrawn(cause));
				adaptToLine(after);
			}
			return left;
		});
	}

	/**
	 * Sends everybody in line away: the registry closes.
	 */
	void dismissLine() {
		atomically((after) -> {
			this.line.dismiss((candidate) -> true, Outcome.Failed.closed(this.key), after);
			adaptToLine(after);
			return null;
		});
	}

	// The store answers

	private void answered(Request request, long sentAt, AcquireAnswer answer) {
		this.instance.availability().answered();
		atomically((after) -> {
			request.answered(answer);
			if (this.phase != request) {
				forgetUnlessHeld(request.id(), !(answer instanceof AcquireAnswer.Held), after);
			}
			else if (answer instanceof AcquireAnswer.Granted granted) {
				hold(request, new TokenBlock(granted.firstToken(), granted.tokens(), false), sentAt, after);
			}
			else if (answer instanceof AcquireAnswer.Unconfirmed unconfirmed) {
				giveBack(request, unconfirmed.reason(), after);
			}
			else if (answer instanceof AcquireAnswer.Queued queued) {
				this.instance.sawToken(queued.mark());
				request.queued(queued, sentAt);
				this.line.dismissTries(Outcome.Failed.held(queued.holder()), after);
				if (adaptToLine(after)) {
					tellNewcomers(after);
					recheck(request, request.waitToAskAgain(this.instance.settings().pollInterval()));
				}
			}
			else if (answer instanceof AcquireAnswer.Held held) {
				this.line.dismissTries(Outcome.Failed.held(held.holder()), after);
				if (adaptToLine(after)) {
					ask(request, after);
				}
			}
			return null;
		});
	}

	private void unanswered(Request request, Throwable cause) {
		this.instance.availability().failed(cause);
		atomically((after) -> {
			long now = this.instance.now();
			long retryIn = request.unanswered(cause, now);
			if (this.phase != request) {
				forgetUnlessHeld(request.id(), !(cause instanceof NotSentException), after);
				return null;
			}
			long timeout = this.instance.settings().commandTimeout().toNanos();
			this.line.dismiss((candidate) -> candidate.givesUp(request.unansweredSince(now), now, timeout),
					unavailable(), after);
			if (adaptToLine(after)) {
				recheck(request, retryIn);
			}
			return null;
		});
	}

	/**
	 * The store tells of a grant. It may be used at once if it is younger than the last
	 * answer to our asking: then its TTL began after that was sent. An older one is a
	 * leftover of something that the store remembers and we do not.
	 */
	void pushed(PushedGrant grant) {
		atomically((after) -> {
			if (!(this.phase instanceof Request request && request.id().equals(grant.id()))) {
				forgetUnlessHeld(grant.id(), true, after);
			}
			else if (request.isNewerThanMark(grant.firstToken())) {
				hold(request, new TokenBlock(grant.firstToken(), grant.tokens(), true), request.base(), after);
			}
			else {
				askUnderFreshId(request, after);
			}
			return null;
		});
	}

	/**
	 * The store tells of a grant that it cannot vouch for.
	 */
	void unconfirmed(GrantId id, String reason) {
		atomically((after) -> {
			if (this.phase instanceof Request request && request.id().equals(id)) {
				giveBack(request, reason, after);
			}
			else {
				forgetUnlessHeld(id, true, after);
			}
			return null;
		});
	}

	/**
	 * Asks again, if there is still something to ask for.
	 */
	void recheck() {
		atomically((after) -> {
			if (this.phase instanceof Request request) {
				ask(request, after);
			}
			return null;
		});
	}

	// A lease ends

	/**
	 * Gives a lease back: to the next in line here, or to the store. Does nothing when
	 * the lease has ended before.
	 * @return completes when the store has confirmed it; at once when there is nothing to
	 * confirm
	 */
	CompletableFuture<Void> release(HeldLease lease) {
		CompletableFuture<Void> confirmed = new CompletableFuture<>();
		boolean goesToStore = atomically((after) -> {
			loseIfExpired(after);
			if (!isHeldBy(lease)) {
				return false;
			}
			lease.released();
			Grant grant = lease.grant();
			Candidate next = this.line.first();
			if (next == null) {
				end(grant, after);
				free(after);
				after.then(() -> this.instance.releases().release(grant.id(), confirmed));
				return true;
			}
			if (grant.canServe(next.terms(), this.instance.now())) {
				serveNext(grant, after);
			}
			else {
				end(grant, after);
				passOn(grant.id(), next.terms(), after);
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
			if (this.phase instanceof Phase.Held held && held.lease().grant() == grant) {
				lose(held.lease(), cause, detail, after);
			}
			return null;
		});
	}

	/**
	 * The lease has been held for longer than its owner allowed.
	 */
	void overdue(HeldLease lease) {
		atomically((after) -> {
			if (isHeldBy(lease)) {
				lose(lease, LossCause.OVERDUE, "it was held for longer than its maxHold", after);
			}
			return null;
		});
	}

	/**
	 * Makes official what the clock has decided.
	 */
	void loseIfExpired() {
		atomically((after) -> {
			loseIfExpired(after);
			return null;
		});
	}

	/**
	 * The store has confirmed a grant, with a TTL that began after the given time.
	 */
	void renewed(Grant grant, long sentAt) {
		atomically((after) -> {
			loseIfExpired(after);
			grant.confirmed(sentAt, this.instance.now());
			return null;
		});
	}

	/**
	 * The lease that holds the key here, if there is one.
	 */
	@Nullable HeldLease lease() {
		synchronized (this.monitor) {
			return (this.phase instanceof Phase.Held held) ? held.lease() : null;
		}
	}

	// The steps of transitions: under the monitor, all of them

	private <T> T atomically(Function<After, T> transition) {
		After after = new After();
		T result;
		synchronized (this.monitor) {
			result = transition.apply(after);
		}
		after.run();
		return result;
	}

	private void request(After after) {
		Candidate first = this.line.first();
		if (first != null) {
			Request request = new Request(this.instance.nextGrantId(this.key), first.terms(), 1);
			this.phase = request;
			ask(request, after);
		}
	}

	private void ask(Request request, After after) {
		long holdBack = this.instance.availability().holdBack();
		if (holdBack > 0) {
			recheck(request, holdBack);
		}
		else if (!request.isUnderWay()) {
			send(request, after, this.instance.store()::acquire);
		}
	}

	/**
	 * The grant goes back to the store, and this instance to the end of the queue: under
	 * a fresh id, so that a repetition of this step hurts nobody.
	 */
	private void passOn(GrantId released, LeaseTerms terms, After after) {
		Request request = new Request(this.instance.nextGrantId(this.key), terms, TOKEN_BLOCK);
		this.phase = request;
		send(request, after, (ask) -> this.instance.store().yield(released, ask).whenComplete((answer, failure) -> {
			if (failure != null) {
				this.instance.releases().forget(released);
			}
		}));
	}

	private void send(Request request, After after, Function<AcquireRequest, CompletionStage<AcquireAnswer>> command) {
		long sentAt = this.instance.now();
		AcquireRequest ask = request.sending(sentAt, this.line, this.instance.seenToken());
		after.then(() -> Releases.sent(() -> command.apply(ask)).whenComplete((answer, failure) -> {
			if (failure == null) {
				answered(request, sentAt, answer);
			}
			else {
				unanswered(request, Releases.causeOf(failure));
			}
		}));
	}

	private void recheck(Request request, long delayNanos) {
		request.recheckBy(this.instance.alarm().after(delayNanos, this::recheck));
	}

	private void hold(Request request, TokenBlock tokens, long sentAt, After after) {
		this.instance.sawToken(tokens.last());
		long now = this.instance.now();
		Grant grant = new Grant(request, tokens, sentAt, now, this);
		if (grant.hasExpired(now)) {
			askUnderFreshId(request, after);
			return;
		}
		request.recheckBy(null);
		serveNext(grant, after);
		after.then(() -> this.instance.renewer().keep(grant));
	}

	private void serveNext(Grant grant, After after) {
		Candidate next = this.line.removeFirst();
		HeldLease lease = new HeldLease(grant, next, this.instance);
		this.phase = new Phase.Held(lease);
		next.decide(new Outcome.Served(lease));
		after.then(next::decided);
		this.line.dismissTries(Outcome.Failed.held(this.instance.id()), after);
		tellNewcomers(after);
	}

	private void lose(HeldLease lease, LossCause cause, String detail, After after) {
		Grant grant = lease.grant();
		lease.lost(cause, detail);
		after.then(lease::tellLost);
		end(grant, after);
		after.then(() -> this.instance.releases().forget(grant.id()));
		if (this.line.isEmpty()) {
			free(after);
		}
		else {
			request(after);
		}
	}

	private void loseIfExpired(After after) {
		if (this.phase instanceof Phase.Held held && held.lease().grant().hasExpired(this.instance.now())) {
			lose(held.lease(), LossCause.EXPIRED, "its time had run out", after);
		}
	}

	private void end(Grant grant, After after) {
		grant.end();
		after.then(() -> this.instance.renewer().drop(grant));
	}

	private void free(After after) {
		this.phase = new Phase.Free();
		this.retired = true;
		after.then(() -> this.retire.accept(this));
	}

	/**
	 * A request goes on only while somebody is in line, and only with the TTL that the
	 * first one wants.
	 * @return whether it goes on
	 */
	private boolean adaptToLine(After after) {
		if (!(this.phase instanceof Request request)) {
			return false;
		}
		Candidate first = this.line.first();
		if (first == null) {
			giveUp(request, after);
			free(after);
			return false;
		}
		if (!first.terms().ttl().equals(request.terms().ttl())) {
			askUnderFreshId(request, after);
			return false;
		}
		return true;
	}

	private void askUnderFreshId(Request request, After after) {
		giveUp(request, after);
		request(after);
	}

	/**
	 * A grant that must not be used is given back. Tries have failed; who waits goes on
	 * under a fresh id, for as long as it would bear an outage.
	 */
	private void giveBack(Request request, String reason, After after) {
		giveUp(request, after);
		long now = this.instance.now();
		Request next = new Request(this.instance.nextGrantId(this.key), request);
		long retryIn = next.notServed(now);
		long timeout = this.instance.settings().commandTimeout().toNanos();
		Outcome outcome = Outcome.Failed.unavailable(this.instance.availability().refusal(this.key, reason));
		this.line.dismissTries(outcome, after);
		this.line.dismiss((candidate) -> candidate.givesUp(next.unansweredSince(now), now, timeout), outcome, after);
		this.phase = next;
		if (adaptToLine(after)) {
			recheck(next, retryIn);
		}
	}

	private void giveUp(Request request, After after) {
		request.recheckBy(null);
		if (request.isKnownToStore()) {
			after.then(() -> this.instance.releases().forget(request.id()));
		}
	}

	private void forgetUnlessHeld(GrantId id, boolean mayBeKnown, After after) {
		boolean held = this.phase instanceof Phase.Held now && now.lease().grant().id().equals(id);
		if (mayBeKnown && !held) {
			after.then(() -> this.instance.releases().forget(id));
		}
	}

	private void tellNewcomers(After after) {
		if (this.phase instanceof Phase.Held) {
			this.line.tellNewcomers(this.instance.id(), 0, after);
		}
		else if (this.phase instanceof Request request && request.queued() != null) {
			this.line.tellNewcomers(request.queued().holder(), request.queued().position() - 1, after);
		}
	}

	private @Nullable String knownHolder() {
		if (this.phase instanceof Request request) {
			return (request.queued() != null) ? request.queued().holder() : null;
		}
		return this.instance.id();
	}

	private Outcome withdrawn(FailureCause cause) {
		if (cause == FailureCause.CLOSED) {
			return Outcome.Failed.closed(this.key);
		}
		boolean outage = this.phase instanceof Request request && request.isUnanswered();
		return (cause == FailureCause.TIMED_OUT && outage) ? unavailable()
				: new Outcome.Failed(cause, knownHolder(), null);
	}

	private Outcome unavailable() {
		return Outcome.Failed.unavailable(this.instance.availability().exception(this.key));
	}

	private boolean isHeldBy(HeldLease lease) {
		return this.phase instanceof Phase.Held held && held.lease() == lease;
	}

}
