/**
 * Tests of the events.
 */
@NullMarked
package io.dlock.event;

import org.jspecify.annotations.NullMarked;
