package io.dlock.history;

import java.util.stream.Stream;

/**
 * Looks for breaches of one promise.
 */
interface Check {

	Stream<Violation> violations(History history, Limits limits);

}
