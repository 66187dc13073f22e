package io.dlock.soak;

import io.dlock.Lease;

/**
 * A lease that a worker has, and how it is given back.
 *
 * @param lease the lease
 * @param giveBack what the worker calls at the end
 */
record Taken(Lease lease, Runnable giveBack) {
}
