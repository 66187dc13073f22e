package io.dlock.history;

/**
 * The promises that are checked.
 */
public enum Rule {

	/** No lease is valid when another one with a greater token has been obtained. */
	EXCLUSION,

	/** No lease is valid longer than a confirmation by the store allows. */
	DEADLINE,

	/** Tokens only grow. */
	TOKENS,

	/** The resource accepts nothing stale, and refuses nobody whose lease is valid. */
	RESOURCE,

	/** Observers are told of each lease's begin once, and of its end once. */
	EVENTS,

	/** Nobody waits for a key that is free. */
	WAITING,

	/** A timed wait ends on time. */
	PATIENCE,

	/** Nobody is told of an outage where there is none. */
	OUTAGE,

	/** Nothing stays behind in the store. */
	LEFTOVERS,

	/** Threads and heap stay flat. */
	VITALS,

	/** Nothing happens that nobody has thought of. */
	STRANGE

}
