package io.dlock.faults;

/**
 * Is told what happens to the locks of a {@link Node}.
 */
interface Witness {

	/**
	 * An event was published.
	 */
	void told(Journal.Entry entry);

	/**
	 * A lease said that it was valid, at some moment between two others.
	 */
	void seenValid(Journal.LeaseName lease, long from, long to);

}
