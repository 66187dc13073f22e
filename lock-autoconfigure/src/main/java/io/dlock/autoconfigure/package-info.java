/**
 * How dlock is wired into an application.
 */
@NullMarked
package io.dlock.autoconfigure;

import org.jspecify.annotations.NullMarked;
