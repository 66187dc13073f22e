package io.dlock.core;

import java.util.concurrent.atomic.AtomicLong;

/**
 * One run of a registry, from its start to its stop: who it is, what time it is, and whom
 * its key locks and leases ask.
 *
 * @param id how the store knows it; never used twice
 * @param settings the configured defaults
 * @param clock what leases are measured with
 * @param store what keeps the locks
 * @param alarm wakes up whoever asks
 * @param callbacks the threads for code of users
 * @param narrator tells what happens
 * @param availability whether the store answers
 * @param releases gives grants back
 * @param renewer keeps grants
 * @param abandoned finds leases that nobody can close any more
 * @param counters what is counted
 */
record Instance(String id, LeaseSettings settings, NanoClock clock, LockStore store, Alarm alarm, Callbacks callbacks,
		Narrator narrator, Availability availability, Releases releases, LeaseRenewer renewer,
		AbandonedLeases abandoned, Counters counters) {

	static Instance of(String id, LeaseSettings settings, LockStore store, Environment environment, Narrator narrator) {
		NanoClock clock = environment.clock();
		Alarm alarm = environment.alarm();
		Availability availability = new Availability(store.description(), clock, alarm, settings.commandTimeout());
		Callbacks callbacks = environment.callbacks();
		return new Instance(id, settings, clock, store, alarm, callbacks, narrator, availability,
				new Releases(store, clock, alarm, availability, settings.commandTimeout()),
				new LeaseRenewer(store, clock, alarm, availability), new AbandonedLeases(alarm),
				new Counters(new AtomicLong(), new AtomicLong()));
	}

	long now() {
		return this.clock.nanoTime();
	}

	GrantId nextGrantId(String key) {
		return new GrantId(key, this.id, this.counters.grants().incrementAndGet());
	}

	/**
	 * Whether an id can be one of this instance: nobody else's is ever released.
	 */
	boolean hasIssued(GrantId grant) {
		return grant.instanceId().equals(this.id) && grant.counter() > 0
				&& grant.counter() <= this.counters.grants().get();
	}

	void sawToken(long token) {
		this.counters.seenToken().accumulateAndGet(token, Math::max);
	}

	/**
	 * The greatest fencing token met so far, on any key: the next one asked for will be
	 * greater, even if the store has forgotten it.
	 */
	long seenToken() {
		return this.counters.seenToken().get();
	}

	/**
	 * What an instance counts.
	 *
	 * @param grants the grants asked for
	 * @param seenToken the greatest fencing token met
	 */
	record Counters(AtomicLong grants, AtomicLong seenToken) {
	}

	/**
	 * The seams between a run and the machine.
	 *
	 * @param clock what leases are measured with
	 * @param alarm wakes up whoever asks
	 * @param callbacks the threads for code of users
	 */
	record Environment(NanoClock clock, Alarm alarm, Callbacks callbacks) {
	}

}
