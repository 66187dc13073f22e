package io.dlock.core;

import java.time.Duration;

/**
 * A request to keep a grant.
 *
 * @param id which grant
 * @param firstToken the first fencing token it was granted with: an id that the store
 * granted anew, with another token, is not this grant
 * @param tokens how many consecutive tokens it has
 * @param ttl how long the grant lasts without renewal
 */
public record RenewRequest(GrantId id, long firstToken, int tokens, Duration ttl) {
}
