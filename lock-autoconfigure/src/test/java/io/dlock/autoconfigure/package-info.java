/**
 * Tests of the wiring.
 */
@NullMarked
package io.dlock.autoconfigure;

import org.jspecify.annotations.NullMarked;
