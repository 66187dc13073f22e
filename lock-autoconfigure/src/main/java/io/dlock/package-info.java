/**
 * What users call: locks, leases, leaderships, and the errors they meet.
 */
@NullMarked
package io.dlock;

import org.jspecify.annotations.NullMarked;
