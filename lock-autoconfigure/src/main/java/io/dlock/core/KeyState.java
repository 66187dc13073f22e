package io.dlock.core;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

import io.dlock.FailureCause;
import io.dlock.LossCause;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link KeyLock} guards, and the steps that its transitions are made of: every
 * method is called under its monitor.
 */
final class KeyState {

	private final KeyLock keyLock;

	private final String key;

	private final Instance instance;

	private final KeyLocks keyLocks;

	private final Line line = new Line();

	private Phase phase = new Phase.Free();

	private boolean retired;

	/**
	 * The state of a key that nobody here holds or wants.
	 * @param keyLock whose state this is
	 * @param instance where
	 * @param keyLocks where the key lock can be found while it is in use
	 */
	KeyState(KeyLock keyLock, Instance instance, KeyLocks keyLocks) {
		this.keyLock = keyLock;
		this.key = keyLock.key();
		this.instance = instance;
		this.keyLocks = keyLocks;
	}

	Phase phase() {
		return this.phase;
	}

	Line line() {
		return this.line;
	}

	boolean isRetired() {
		return this.retired;
	}

	boolean isClosed() {
		return this.keyLocks.isClosed();
	}

	void sendAway(Candidate candidate, After after) {
		candidate.decide(Outcome.Failed.closed(this.key));
		after.then(candidate::news);
		if (this.phase instanceof Phase.Free) {
			free(after);
		}
	}

	void request(After after) {
		request(null, after);
	}

	private void request(@Nullable Request former, After after) {
		Candidate first = this.line.first();
		if (first != null) {
			Request request = new Request(this.instance.nextGrantId(this.key), first.terms(), 1);
			if (former != null) {
				request.remember(former);
			}
			this.phase = request;
			ask(request, after);
		}
	}

	void ask(Request request, After after) {
		long holdBack = this.instance.availability().holdBack();
		if (holdBack > 0) {
			request.notServed(this.instance.now());
			bear(request, unavailable(), holdBack, after);
		}
		else if (!request.isUnderWay()) {
			send(request, after, this.instance.store()::acquire);
		}
	}

	/**
	 * The grant goes back to the store, and this instance to the end of the queue: under
	 * a fresh id, so that a repetition of this step hurts nobody.
	 */
	void passOn(Grant released, LeaseTerms terms, After after) {
		Request request = new Request(this.instance.nextGrantId(this.key), terms, released.nextBlock());
		this.phase = request;
		send(request, after, (ask) -> Releases.sent(() -> this.instance.store().yield(released.id(), ask))
			.whenComplete((answer, failure) -> {
				if (failure != null) {
					forget(released);
				}
			}));
	}

	private void send(Request request, After after, Function<AcquireRequest, CompletionStage<AcquireAnswer>> command) {
		long sentAt = this.instance.now();
		AcquireRequest ask = request.sending(sentAt, this.line, this.instance.seenToken());
		after.then(() -> Releases.sent(() -> command.apply(ask)).whenComplete((answer, failure) -> {
			if (failure == null) {
				this.keyLock.answered(request, sentAt, answer);
			}
			else {
				this.keyLock.unanswered(request, sentAt, Releases.causeOf(failure));
			}
		}));
	}

	/**
	 * The request is in the queue.
	 */
	void await(Request request, After after) {
		if (request.hasAskedForTooFew(this.line)) {
			ask(request, after);
		}
		else {
			recheck(request, request.waitToAskAgain(this.instance.now(), this.instance.settings().pollInterval()));
		}
	}

	void recheck(Request request, long delayNanos) {
		request.recheckBy(this.instance.alarm().after(delayNanos, this.keyLock::recheck));
	}

	void hold(Request request, TokenBlock tokens, long sentAt, After after) {
		this.instance.sawToken(tokens.last());
		request.granted(tokens.first());
		long now = this.instance.now();
		Grant grant = new Grant(request, tokens, sentAt, now, this.keyLock);
		if (grant.hasExpired(now)) {
			askUnderFreshId(request, after);
			return;
		}
		request.recheckBy(null);
		serveNext(grant, after);
		after.then(() -> this.instance.renewer().keep(grant));
	}

	void serveNext(Grant grant, After after) {
		Candidate next = this.line.removeFirst();
		HeldLease lease = new HeldLease(grant, next, this.instance);
		this.phase = new Phase.Held(lease);
		next.decide(new Outcome.Served(lease));
		after.then(next::news);
		this.line.dismissTries(Outcome.Failed.held(this.instance.id()), after);
		tellNewcomers(after);
	}

	void lose(HeldLease lease, LossCause cause, String detail, After after) {
		Grant grant = lease.grant();
		lease.lost(cause, detail);
		end(grant, after);
		after.then(() -> forget(grant));
		after.then(lease::tellLost);
		requestOrFree(after);
	}

	/**
	 * The next in line is asked for anew, if there is one.
	 */
	void requestOrFree(After after) {
		if (this.line.isEmpty()) {
			free(after);
		}
		else {
			request(after);
		}
	}

	void loseIfExpired(After after) {
		if (this.phase instanceof Phase.Held held && held.lease().grant().hasExpired(this.instance.now())) {
			lose(held.lease(), LossCause.EXPIRED, "its time had run out", after);
		}
	}

	void end(Grant grant, After after) {
		grant.end();
		after.then(() -> this.instance.renewer().drop(grant));
	}

	void free(After after) {
		this.phase = new Phase.Free();
		this.retired = true;
		after.then(() -> this.keyLocks.retire(this.keyLock));
	}

	/**
	 * A request goes on only while somebody is in line, and only with the times and the
	 * tick that the first one wants.
	 * @return whether it goes on
	 */
	boolean adaptToLine(After after) {
		if (!(this.phase instanceof Request request)) {
			return false;
		}
		Candidate first = this.line.first();
		if (first == null) {
			giveUp(request, after);
			free(after);
			return false;
		}
		if (!first.terms().isAskedForLike(request.terms())) {
			askUnderFreshId(request, after);
			return false;
		}
		return true;
	}

	/**
	 * The tick that the first in line wants has been taken: whoever wants it as well
	 * leaves.
	 */
	void leaveTick(Request request, AcquireAnswer.AlreadyRan ran, After after) {
		Outcome outcome = Outcome.Failed.alreadyRan(ran.by(), ran.tick());
		this.line.dismiss((candidate) -> candidate.terms().job().equals(request.terms().job()), outcome, after);
		adaptToLine(after);
	}

	void askUnderFreshId(Request request, After after) {
		giveUp(request, after);
		request(request, after);
	}

	/**
	 * A grant that must not be used is given back. Tries have failed; who waits goes on
	 * under a fresh id, for as long as it would bear an outage.
	 */
	void giveBack(Request request, String reason, After after) {
		giveUp(request, after);
		Request next = new Request(this.instance.nextGrantId(this.key), request);
		long retryIn = next.notServed(this.instance.now());
		next.refused(reason);
		this.phase = next;
		Outcome outcome = unavailable();
		this.line.dismissTries(outcome, after);
		bear(next, outcome, retryIn, after);
	}

	/**
	 * Whoever has had enough of an outage leaves; for the others it is asked again.
	 */
	void bear(Request request, Outcome outcome, long retryIn, After after) {
		long now = this.instance.now();
		long timeout = this.instance.settings().commandTimeout().toNanos();
		this.line.dismiss((candidate) -> candidate.givesUp(request.unansweredSince(now), now, timeout), outcome, after);
		if (adaptToLine(after)) {
			recheck(request, retryIn);
		}
	}

	/**
	 * Whoever may leave does, since waiting will not help; for the others it is asked
	 * again.
	 */
	void bearDenial(Request request, Outcome outcome, long retryIn, After after) {
		this.line.dismiss((candidate) -> !candidate.isEndless(), outcome, after);
		if (adaptToLine(after)) {
			recheck(request, retryIn);
		}
	}

	private void giveUp(Request request, After after) {
		request.recheckBy(null);
		if (request.isKnownToStore()) {
			forget(request, after);
		}
	}

	/**
	 * What became of a request is known only now, when it is not the phase any more.
	 * @param request the request
	 * @param mayBeKnown whether the store may have heard of it
	 * @param after takes the release
	 */
	void forgetUnlessHeld(Request request, boolean mayBeKnown, After after) {
		if (mayBeKnown) {
			forgetUnlessHeld(request.id(), request.terms().ttl(), after);
		}
	}

	/**
	 * The store tells of an id that is not asked for. If it is that of the grant which is
	 * held, that is well known.
	 */
	void forgetUnlessHeld(GrantId id, Duration ttl, After after) {
		boolean held = this.phase instanceof Phase.Held now && now.lease().grant().id().equals(id);
		if (!held) {
			after.then(() -> this.instance.releases().forget(id, ttl));
		}
	}

	private void forget(Request request, After after) {
		after.then(() -> this.instance.releases().forget(request.id(), request.terms().ttl()));
	}

	private void forget(Grant grant) {
		this.instance.releases().forget(grant.id(), grant.terms().ttl());
	}

	void tellNewcomers(After after) {
		if (this.phase instanceof Phase.Held) {
			this.line.tellNewcomers(this.instance.id(), 0, after);
		}
		else if (this.phase instanceof Request request && request.queued() != null) {
			this.line.tellNewcomers(request.queued().holder(), request.queued().position() - 1, after);
		}
	}

	/**
	 * What a try is told that comes when the lock is held or waited for here.
	 */
	Outcome taken() {
		return isOutage() ? unavailable() : Outcome.Failed.held(knownHolder());
	}

	private @Nullable String knownHolder() {
		if (this.phase instanceof Request request) {
			return (request.queued() != null) ? request.queued().holder() : null;
		}
		return this.instance.id();
	}

	Outcome withdrawn(FailureCause cause) {
		return (cause == FailureCause.TIMED_OUT && isOutage()) ? unavailable()
				: new Outcome.Failed(cause, knownHolder(), null);
	}

	/**
	 * Whether the last answer was none, or there is none yet and none can be expected.
	 */
	private boolean isOutage() {
		return this.phase instanceof Request request
				&& (request.isUnanswered() || (request.queued() == null && this.instance.availability().isAway()));
	}

	Outcome unavailable() {
		String refusal = (this.phase instanceof Request request) ? request.refusal() : null;
		Availability availability = this.instance.availability();
		return Outcome.Failed.unavailable(
				(refusal != null) ? availability.refusal(this.key, refusal) : availability.exception(this.key));
	}

	boolean isHeldBy(HeldLease lease) {
		return this.phase instanceof Phase.Held held && held.lease() == lease;
	}

}
