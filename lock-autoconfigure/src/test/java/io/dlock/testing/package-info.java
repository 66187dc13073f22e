/**
 * Real Redis servers and sentinels as child processes, for the tests.
 */
@NullMarked
package io.dlock.testing;

import org.jspecify.annotations.NullMarked;
