package io.dlock.core;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import io.dlock.Holder;

/**
 * A store behind a network that a test moves by hand: a command, its reply and a push
 * each arrive when the test says so, or not at all. What one connection sends arrives in
 * its order.
 */
final class Wire implements LockStore {

	private final LockStore store;

	private final Deque<Sent<?>> commands = new ArrayDeque<>();

	private final Deque<Runnable> replies = new ArrayDeque<>();

	private final Deque<Runnable> lostReplies = new ArrayDeque<>();

	private final Deque<PushedGrant> pushes = new ArrayDeque<>();

	private StoreListener listener;

	Wire(LockStore store) {
		this.store = store;
	}

	@Override
	public void start(String instanceId, StoreListener listener) {
		this.listener = listener;
		this.store.start(instanceId, new StoreListener() {

			@Override
			public void granted(PushedGrant grant) {
				Wire.this.pushes.add(grant);
			}

			@Override
			public void unconfirmed(GrantId id, String reason) {
				listener.unconfirmed(id, reason);
			}

			@Override
			public void connected() {
				listener.connected();
			}

			@Override
			public void disconnected(Throwable cause) {
				listener.disconnected(cause);
			}

		});
	}

	@Override
	public void stop() {
		this.store.stop();
	}

	@Override
	public CompletionStage<AcquireAnswer> acquire(AcquireRequest request) {
		return send("acquire " + request.id(), () -> this.store.acquire(request));
	}

	@Override
	public CompletionStage<Void> release(GrantId grant) {
		return send("release " + grant, () -> this.store.release(grant));
	}

	@Override
	public CompletionStage<AcquireAnswer> yield(GrantId released, AcquireRequest request) {
		return send("yield " + released + " for " + request.id(), () -> this.store.yield(released, request));
	}

	@Override
	public CompletionStage<ClaimAnswer> claim(GrantId holder, GrantId claim, Claim tick) {
		return send("claim " + tick + " for " + holder, () -> this.store.claim(holder, claim, tick));
	}

	@Override
	public CompletionStage<List<RenewVerdict>> renew(List<RenewRequest> requests) {
		return send("renew " + requests, () -> this.store.renew(requests));
	}

	@Override
	public CompletionStage<Optional<Holder>> holder(String key) {
		return this.store.holder(key);
	}

	@Override
	public String description() {
		return "a wire to " + this.store.description();
	}

	boolean hasCommand() {
		return !this.commands.isEmpty();
	}

	boolean hasReply() {
		return !this.replies.isEmpty();
	}

	boolean hasPush() {
		return !this.pushes.isEmpty();
	}

	String nextCommand() {
		return this.commands.element().what;
	}

	void deliverCommand() {
		execute(this.commands.remove());
	}

	void loseCommand() {
		this.commands.remove().timeOut();
	}

	void deliverReply() {
		this.lostReplies.remove();
		this.replies.remove().run();
	}

	void loseReply() {
		this.replies.remove();
		this.lostReplies.remove().run();
	}

	void deliverPush() {
		this.listener.granted(this.pushes.remove());
	}

	void losePush() {
		this.pushes.remove();
	}

	void repeatPush() {
		this.pushes.add(this.pushes.element());
	}

	private <T> CompletionStage<T> send(String what, Supplier<CompletionStage<T>> command) {
		Sent<T> sent = new Sent<>(what, command, new CompletableFuture<>());
		this.commands.add(sent);
		return sent.reply;
	}

	private <T> void execute(Sent<T> sent) {
		T answer = sent.command.get().toCompletableFuture().join();
		this.replies.add(() -> sent.reply.complete(answer));
		this.lostReplies.add(sent::timeOut);
	}

	private record Sent<T>(String what, Supplier<CompletionStage<T>> command, CompletableFuture<T> reply) {

		void timeOut() {
			this.reply.completeExceptionally(new IllegalStateException("timed out"));
		}

	}

}
