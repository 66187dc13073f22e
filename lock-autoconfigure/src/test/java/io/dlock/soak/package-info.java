/**
 * Several processes that contend for locks while their Redis, their connections and they
 * themselves are mistreated; and a judgement on what came of it.
 */
@NullMarked
package io.dlock.soak;

import org.jspecify.annotations.NullMarked;
