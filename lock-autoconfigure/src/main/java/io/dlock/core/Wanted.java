package io.dlock.core;

import io.dlock.LockKind;

/**
 * Which lock somebody wants, on which terms, and for what.
 *
 * @param key the lock's name
 * @param terms the times that the lease is to live by
 * @param kind what the lock is wanted for
 */
record Wanted(String key, LeaseTerms terms, LockKind kind) {
}
