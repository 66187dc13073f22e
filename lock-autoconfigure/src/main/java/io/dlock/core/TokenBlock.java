package io.dlock.core;

/**
 * The consecutive fencing tokens that came with a grant.
 *
 * @param first the first token
 * @param count how many there are
 * @param pushed whether the store told of the grant, rather than being asked
 */
record TokenBlock(long first, int count, boolean pushed) {

	long last() {
		return this.first + this.count - 1;
	}

}
