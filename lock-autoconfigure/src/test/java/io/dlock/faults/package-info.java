/**
 * What becomes of locks when processes die or stand still, Redis fails, and the network
 * breaks: tests that bring it about for real.
 */
@NullMarked
package io.dlock.faults;

import org.jspecify.annotations.NullMarked;
