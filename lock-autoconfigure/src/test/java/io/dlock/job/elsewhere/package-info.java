/**
 * Jobs whose subclasses are in another package.
 */
@NullMarked
package io.dlock.job.elsewhere;

import org.jspecify.annotations.NullMarked;
