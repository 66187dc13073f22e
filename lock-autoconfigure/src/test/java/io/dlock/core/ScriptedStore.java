package io.dlock.core;

import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedDeque;

import io.dlock.Holder;
import org.awaitility.Awaitility;

/**
 * A store that does nothing by itself: a test sees what was sent, and answers as it
 * likes.
 */
final class ScriptedStore implements LockStore {

	private final Deque<Command> sent = new ConcurrentLinkedDeque<>();

	private StoreListener listener;

	private long grantAtOnce;

	private CompletableFuture<Optional<Holder>> holder = CompletableFuture.completedFuture(Optional.empty());

	private Throwable refusal;

	private RuntimeException refusals;

	private RuntimeException startFailure;

	private RuntimeException stopFailure;

	@Override
	public void start(String instanceId, StoreListener listener) {
		RuntimeException failure = this.startFailure;
		this.startFailure = null;
		if (failure != null) {
			throw failure;
		}
		this.listener = listener;
	}

	@Override
	public void stop() {
		this.listener = null;
		RuntimeException failure = this.stopFailure;
		this.stopFailure = null;
		if (failure != null) {
			throw failure;
		}
	}

	@Override
	public CompletionStage<AcquireAnswer> acquire(AcquireRequest request) {
		if (this.grantAtOnce > 0) {
			AcquireAnswer granted = new AcquireAnswer.Granted(this.grantAtOnce, 1);
			this.grantAtOnce = 0;
			return CompletableFuture.completedFuture(granted);
		}
		return send(new Acquire(request, new CompletableFuture<>())).answer();
	}

	@Override
	public CompletionStage<Void> release(GrantId grant) {
		return send(new Release(grant, new CompletableFuture<>())).answer();
	}

	@Override
	public CompletionStage<AcquireAnswer> yield(GrantId released, AcquireRequest request) {
		return send(new Yield(released, request, new CompletableFuture<>())).answer();
	}

	@Override
	public CompletionStage<ClaimAnswer> claim(GrantId holder, GrantId claim, Claim tick) {
		return send(new ClaimTick(holder, claim, tick, new CompletableFuture<>())).answer();
	}

	@Override
	public CompletionStage<List<RenewVerdict>> renew(List<RenewRequest> requests) {
		return send(new Renew(requests, new CompletableFuture<>())).answer();
	}

	@Override
	public CompletionStage<Optional<Holder>> holder(String key) {
		return this.holder;
	}

	@Override
	public String description() {
		return "the scripted store";
	}

	/**
	 * The next ask is answered by the very call.
	 */
	void nextAskIsGranted(long token) {
		this.grantAtOnce = token;
	}

	StoreListener listener() {
		return this.listener;
	}

	/**
	 * The next command that was sent, which is of the type expected.
	 */
	<C extends Command> C next(Class<C> type) {
		Command next = this.sent.poll();
		if (!type.isInstance(next)) {
			throw new AssertionError("expected " + type.getSimpleName() + ", but the store was sent " + next);
		}
		return type.cast(next);
	}

	/**
	 * The next command, which another thread is about to send.
	 */
	<C extends Command> C await(Class<C> type) {
		Awaitility.await("a " + type.getSimpleName()).pollInterval(Duration.ofMillis(1)).until(() -> !isQuiet());
		return next(type);
	}

	void holderIsNotAnswered() {
		this.holder = new CompletableFuture<>();
	}

	void nextStartThrows(RuntimeException failure) {
		this.startFailure = failure;
	}

	void nextStopThrows(RuntimeException failure) {
		this.stopFailure = failure;
	}

	boolean isQuiet() {
		return this.sent.isEmpty();
	}

	@Override
	public String toString() {
		return this.sent.toString();
	}

	/**
	 * The next command that is sent fails in the very call.
	 */
	void nextCommandThrows(Throwable refusal) {
		this.refusal = refusal;
	}

	/**
	 * Every command fails in the very call from now on, or none.
	 */
	void allCommandsThrow(RuntimeException refusal) {
		this.refusals = refusal;
	}

	private <C extends Command> C send(C command) {
		if (this.refusals != null) {
			throw this.refusals;
		}
		if (this.refusal != null) {
			Throwable thrown = this.refusal;
			this.refusal = null;
			ScriptedStore.<RuntimeException>sneak(thrown);
		}
		this.sent.add(command);
		return command;
	}

	@SuppressWarnings("unchecked")
	private static <T extends Throwable> void sneak(Throwable thrown) throws T {
		throw (T) thrown;
	}

	sealed interface Command {

	}

	record Acquire(AcquireRequest request, CompletableFuture<AcquireAnswer> answer) implements Command {

		void granted(long firstToken, int tokens) {
			this.answer.complete(new AcquireAnswer.Granted(firstToken, tokens));
		}

		void queued(Duration remaining, long mark) {
			this.answer.complete(new AcquireAnswer.Queued("other", remaining, 1, mark, true));
		}

		void held() {
			this.answer.complete(new AcquireAnswer.Held("other", Duration.ofSeconds(5)));
		}

		void timesOut() {
			this.answer.completeExceptionally(new IllegalStateException("timed out"));
		}

		void isNotSent() {
			this.answer.completeExceptionally(new NotSentException("no connection", null));
		}

		void isDenied() {
			this.answer.completeExceptionally(new DeniedException("no connection", null));
		}

		GrantId id() {
			return this.request.id();
		}

	}

	record Release(GrantId id, CompletableFuture<Void> answer) implements Command {

		void confirmed() {
			this.answer.complete(null);
		}

		void timesOut() {
			this.answer.completeExceptionally(new IllegalStateException("timed out"));
		}

	}

	record Yield(GrantId released, AcquireRequest request, CompletableFuture<AcquireAnswer> answer) implements Command {
	}

	record ClaimTick(GrantId holder, GrantId id, Claim tick, CompletableFuture<ClaimAnswer> answer) implements Command {
	}

	record Renew(List<RenewRequest> requests, CompletableFuture<List<RenewVerdict>> answer) implements Command {

		void allRenewed() {
			this.answer
				.complete(this.requests.stream().<RenewVerdict>map((each) -> new RenewVerdict.Renewed()).toList());
		}

		void all(RenewVerdict verdict) {
			this.answer.complete(this.requests.stream().map((each) -> verdict).toList());
		}

		void timesOut() {
			this.answer.completeExceptionally(new IllegalStateException("timed out"));
		}

	}

}
