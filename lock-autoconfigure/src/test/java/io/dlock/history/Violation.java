package io.dlock.history;

/**
 * Something that was promised never to happen.
 *
 * @param rule the promise
 * @param what for people, with times
 */
public record Violation(Rule rule, String what) {

	@Override
	public String toString() {
		return this.rule + ": " + this.what;
	}

}
