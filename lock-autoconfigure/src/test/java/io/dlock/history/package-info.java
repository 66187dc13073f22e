/**
 * What happened to some locks, as everybody concerned wrote it down, and whether it was
 * allowed to.
 */
@NullMarked
package io.dlock.history;

import org.jspecify.annotations.NullMarked;
