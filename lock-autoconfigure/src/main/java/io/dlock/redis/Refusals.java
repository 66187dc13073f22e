package io.dlock.redis;

import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.dlock.core.RefusedException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * What Redis says when it refuses, and what can be done about it. A refusal begins with a
 * word for what kind it is.
 */
final class Refusals {

	private static final String CREDENTIALS = "set dlock.username and dlock.password (or those of spring.data.redis "
			+ "where dlock uses its address) to what Redis expects";

	private static final String SENTINEL_CREDENTIALS = "set dlock.sentinel.username and dlock.sentinel.password (or "
			+ "those of spring.data.redis where dlock uses its address) to what the sentinels expect";

	private static final Map<String, String> REMEDIES = Map.of("WRONGPASS", CREDENTIALS, "NOAUTH", CREDENTIALS, //
			"LOADING", "it answers when it has", //
			"BUSY", "find out whose script runs for so long, and end it with SCRIPT KILL", //
			"OOM", "give it more memory (maxmemory), or other applications another Redis", //
			"NOREPLICAS", "bring its replicas back, or lower its min-replicas-to-write", //
			"MISCONF",
			"see that it can write its dump (disk space, the permissions of its dir), or set its "
					+ "stop-writes-on-bgsave-error to no", //
			"READONLY", "it is a replica: let dlock use the master, or the sentinels that know it");

	private static final Set<String> DENIALS = Set.of("WRONGPASS", "NOAUTH");

	/** What stands before a refusal that a script has met, up to Redis 6. */
	private static final Pattern PLACE_IN_SCRIPT = Pattern
		.compile("^(ERR Error running script \\(call to \\w+\\): )?(@\\w+: ?\\d+: )+-");

	private Refusals() {
	}

	/**
	 * A failure that is a refusal, or comes from one, in words that say what to do; any
	 * other as it is.
	 */
	static Throwable explain(Throwable failure) {
		Throwable refusal = refusal(failure);
		if (refusal == null) {
			return TlsFailures.explain(failure);
		}
		String words = explain(String.valueOf(refusal.getMessage()));
		RefusedException explained = new RefusedException(
				isOfSentinel(failure) ? words.replace(CREDENTIALS, SENTINEL_CREDENTIALS) : words);
		return (refusal == failure) ? explained
				: new RedisConnectionException(failure.getMessage() + ": " + explained.getMessage(), explained);
	}

	/**
	 * A refusal with what to do about it, if that is known; without the place in the
	 * script, which says nothing to anybody, and without the arguments of a command that
	 * is not known there: those of AUTH and HELLO are passwords.
	 */
	static String explain(String refusal) {
		String shown = refusal.replaceFirst("(?s), with args beginning with:.*", "");
		String remedy = REMEDIES.get(kind(shown));
		return (remedy != null) ? bare(shown).replaceFirst("\\.?( script: .*)?$", "") + ": " + remedy : shown;
	}

	/**
	 * There is no type for that, only these words.
	 */
	private static boolean isOfSentinel(Throwable failure) {
		return Stream.iterate(failure, (cause) -> cause != null, Throwable::getCause)
			.anyMatch((cause) -> String.valueOf(cause.getMessage()).matches("(?s).*(Redis Sentinel|the sentinels).*"));
	}

	/**
	 * Whether Redis does not let us in. Then it is of no use to go on asking.
	 */
	static boolean isDenial(Throwable failure) {
		Throwable refusal = refusal(failure);
		return refusal != null && DENIALS.contains(kind(String.valueOf(refusal.getMessage())));
	}

	/**
	 * Whether Redis takes no writes because it is a replica, or has become one.
	 */
	static boolean isFromReplica(Throwable failure) {
		Throwable refusal = refusal(failure);
		return refusal != null && isFromReplica(String.valueOf(refusal.getMessage()));
	}

	static boolean isFromReplica(String refusal) {
		return kind(refusal).equals("READONLY");
	}

	private static @Nullable Throwable refusal(Throwable failure) {
		Throwable cause = failure;
		while (cause != null && !(cause instanceof RedisCommandExecutionException)
				&& !(cause instanceof RefusedException)) {
			cause = cause.getCause();
		}
		return cause;
	}

	private static String kind(String refusal) {
		return bare(refusal).split(" ", 2)[0];
	}

	private static String bare(String refusal) {
		return PLACE_IN_SCRIPT.matcher(refusal).replaceFirst("").strip();
	}

}
