package io.dlock.core;

/**
 * What a key is to this instance.
 */
sealed interface Phase permits Phase.Free, Request, Phase.Held {

	/**
	 * Nobody here holds it or asks for it.
	 */
	record Free() implements Phase {
	}

	/**
	 * A lease here holds it.
	 *
	 * @param lease the lease
	 */
	record Held(HeldLease lease) implements Phase {
	}

}
