/**
 * Tests of the jobs.
 */
@NullMarked
package io.dlock.job;

import org.jspecify.annotations.NullMarked;
