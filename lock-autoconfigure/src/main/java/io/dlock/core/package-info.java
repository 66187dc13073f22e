/**
 * How a lease is won, kept, awaited and passed on, whatever store keeps the locks.
 */
@NullMarked
package io.dlock.core;

import org.jspecify.annotations.NullMarked;
