/**
 * Two processes contend for a lock: what dlock does, to be watched in two terminals.
 */
@NullMarked
package io.dlock.sample;

import org.jspecify.annotations.NullMarked;
