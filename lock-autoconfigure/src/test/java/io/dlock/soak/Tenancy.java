package io.dlock.soak;

import java.io.IOException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import io.dlock.LeaseLostException;
import io.dlock.history.Entry;

/**
 * What a worker does while it has a lease: it looks again and again whether the lease is
 * valid, and writes to the resource. At the end it writes even if the lease is not valid
 * any more, as those do whom tokens are for.
 */
final class Tenancy {

	private static final long PAUSE = TimeUnit.MICROSECONDS.toNanos(500);

	private final Taken taken;

	private final Bearings bearings;

	private final int key;

	private final Random random;

	private long lastValidAt = Entry.NEVER;

	private boolean ended;

	Tenancy(Taken taken, Bearings bearings, int key, Random random) {
		this.taken = taken;
		this.bearings = bearings;
		this.key = key;
		this.random = random;
	}

	/**
	 * Uses the lease for a while, and gives it back.
	 */
	void live(long nanos) throws IOException {
		long until = System.nanoTime() + nanos;
		this.bearings.pulse().begin(this.key, token(), Entry.NEVER);
		if (look()) {
			write();
		}
		while (System.nanoTime() - until < 0 && look()) {
			// An interrupt that came late must not make this a busy loop.
			Thread.interrupted();
			LockSupport.parkNanos(PAUSE);
			if (this.random.nextInt(50) == 0) {
				write();
			}
		}
		if (!look() || this.random.nextInt(4) == 0) {
			write();
		}
		look();
		giveBack();
	}

	private boolean look() {
		long now = System.nanoTime();
		boolean valid = this.taken.lease().isValid();
		if (valid && this.ended) {
			strange(this.taken.lease() + " is valid again");
		}
		if (valid) {
			this.lastValidAt = now;
			this.bearings.pulse().beat(now);
		}
		else {
			this.ended = true;
		}
		return valid;
	}

	private void write() throws IOException {
		long sentAt = System.nanoTime();
		boolean accepted = this.bearings.resource().write(this.key, token());
		long answeredAt = System.nanoTime();
		journal()
			.accept(new Entry.Wrote(this.bearings.node(), keyName(), token(), sentAt, answeredAt, accepted, look()));
	}

	private void giveBack() {
		boolean lost = false;
		try {
			this.taken.giveBack().run();
		}
		catch (LeaseLostException ex) {
			lost = true;
		}
		long endedAt = System.nanoTime();
		this.ended = true;
		look();
		// Who is lost tells everybody who asks, at once; who is released tells nobody.
		boolean[] knownAsLost = new boolean[1];
		this.taken.lease().onLost((cause) -> knownAsLost[0] = true);
		if (lost && !knownAsLost[0]) {
			strange("unlock() found lost what is not: " + this.taken.lease());
		}
		journal().accept(
				new Entry.Ended(this.bearings.node(), keyName(), token(), this.lastValidAt, endedAt, knownAsLost[0]));
	}

	private void strange(String what) {
		journal().accept(new Entry.Strange(this.bearings.node(), System.nanoTime(), what));
	}

	private Consumer<Entry> journal() {
		return this.bearings.journal();
	}

	private String keyName() {
		return Terms.KEYS.get(this.key);
	}

	private long token() {
		return this.taken.lease().fencingToken();
	}

}
