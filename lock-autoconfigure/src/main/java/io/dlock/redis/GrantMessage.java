package io.dlock.redis;

import java.time.Duration;

import io.dlock.core.GrantId;
import io.dlock.core.RenewRequest;
import org.jspecify.annotations.Nullable;

/**
 * What {@code queue.lua} publishes to the instance that it has granted a lock to:
 * {@code <counter> <first token> <number of tokens> <ttl ms> <key of the lock>}.
 */
final class GrantMessage {

	private static final int PARTS = 5;

	/** The scripts cannot count further, and give no such token. */
	private static final long TOKENS_END = 1L << 53;

	private GrantMessage() {
	}

	/**
	 * The grant of which a message tells.
	 * @param message what came in on the instance's channel
	 * @param instanceId whose channel that is
	 * @param keys how the keys of locks are called
	 * @return the grant, as it would be renewed, or null when the message is malformed
	 */
	static @Nullable RenewRequest parse(String message, String instanceId, LockKeys keys) {
		// The name of a lock comes last, since it may contain anything.
		String[] parts = message.split(" ", PARTS);
		String name = (parts.length == PARTS) ? keys.nameOf(parts[PARTS - 1]) : null;
		if (name == null) {
			return null;
		}
		try {
			GrantId id = new GrantId(name, instanceId, Long.parseLong(parts[0]));
			RenewRequest grant = new RenewRequest(id, Long.parseLong(parts[1]), Integer.parseInt(parts[2]),
					Duration.ofMillis(Long.parseLong(parts[3])));
			return (grant.firstToken() < TOKENS_END) ? grant : null;
		}
		catch (NumberFormatException ex) {
			return null;
		}
	}

}
