/**
 * Tests of the whole library.
 */
@NullMarked
package io.dlock;

import org.jspecify.annotations.NullMarked;
