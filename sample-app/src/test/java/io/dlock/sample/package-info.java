/**
 * Tests of the sample, and of what the README says.
 */
@NullMarked
package io.dlock.sample;

import org.jspecify.annotations.NullMarked;
