/**
 * How winning, keeping and passing on a lock is said to Redis.
 */
@NullMarked
package io.dlock.redis;

import org.jspecify.annotations.NullMarked;
