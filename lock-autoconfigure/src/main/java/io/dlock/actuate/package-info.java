/**
 * How locks are observed from outside: as meters.
 */
@NullMarked
package io.dlock.actuate;

import org.jspecify.annotations.NullMarked;
