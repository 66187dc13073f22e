package io.dlock.soak;

import java.util.function.Consumer;

import io.dlock.history.Entry;

/**
 * What surrounds a worker.
 *
 * @param node where it works
 * @param journal where it writes down what it sees
 * @param pulse where its last sight of a valid lease stands
 * @param resource what it writes to
 */
record Bearings(String node, Consumer<Entry> journal, Pulse pulse, ProtectedResource.Client resource) {
}
