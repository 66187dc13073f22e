/**
 * Methods that one instance of a cluster runs.
 */
@NullMarked
package io.dlock.job;

import org.jspecify.annotations.NullMarked;
