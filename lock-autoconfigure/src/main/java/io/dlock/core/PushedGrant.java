package io.dlock.core;

/**
 * A grant that a store made when somebody else gave up the key.
 *
 * @param id which grant
 * @param firstToken the first fencing token of the grant
 * @param tokens how many consecutive tokens it has
 */
public record PushedGrant(GrantId id, long firstToken, int tokens) {
}
