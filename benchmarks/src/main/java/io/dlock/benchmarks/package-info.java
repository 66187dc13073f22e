/**
 * dlock beside other locks: how fast, how fair, and at what cost to Redis.
 */
@NullMarked
package io.dlock.benchmarks;

import org.jspecify.annotations.NullMarked;
