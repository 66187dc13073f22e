/**
 * What happened to a lock, as application events.
 */
@NullMarked
package io.dlock.event;

import org.jspecify.annotations.NullMarked;
