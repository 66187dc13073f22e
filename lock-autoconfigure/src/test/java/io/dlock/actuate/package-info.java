/**
 * Tests of the meters.
 */
@NullMarked
package io.dlock.actuate;

import org.jspecify.annotations.NullMarked;
