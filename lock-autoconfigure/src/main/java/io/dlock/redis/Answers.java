package io.dlock.redis;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import io.dlock.Holder;
import io.dlock.LossCause;
import io.dlock.core.AcquireAnswer;
import io.dlock.core.ClaimAnswer;
import io.dlock.core.RenewVerdict;

/**
 * Reads what the scripts return; the header of each says what that is.
 */
final class Answers {

	/** What is left of a TTL that there is not. */
	private static final Duration FOREVER = Duration.ofMillis(Long.MAX_VALUE);

	private static final RenewVerdict RENEWED = new RenewVerdict.Renewed();

	private Answers() {
	}

	/**
	 * A failure as it was thrown, without what {@link CompletableFuture} wraps around it.
	 */
	static Throwable unwrap(Throwable failure) {
		return (failure instanceof CompletionException && failure.getCause() != null) ? unwrap(failure.getCause())
				: failure;
	}

	static AcquireAnswer acquire(List<Object> reply) {
		return switch (text(reply, 0)) {
			case "granted" -> new AcquireAnswer.Granted(number(reply, 1), Math.toIntExact(number(reply, 2)));
			case "queued" -> new AcquireAnswer.Queued(text(reply, 1), micros(reply, 2),
					Math.toIntExact(number(reply, 3)), number(reply, 4), text(reply, 5).equals("L"));
			case "held" -> new AcquireAnswer.Held(text(reply, 1), micros(reply, 2));
			case "ran" ->
				new AcquireAnswer.AlreadyRan(instanceOf(text(reply, 2)), Instant.ofEpochMilli(number(reply, 1)));
			default -> throw unexpected(reply);
		};
	}

	static ClaimAnswer claim(List<Object> reply) {
		return switch (text(reply, 0)) {
			case "claimed" -> new ClaimAnswer.Claimed();
			case "ran" ->
				new ClaimAnswer.AlreadyRan(instanceOf(text(reply, 2)), Instant.ofEpochMilli(number(reply, 1)));
			case "lost" -> new ClaimAnswer.NotHeld();
			default -> throw unexpected(reply);
		};
	}

	/** The claim that took a tick is called like a grant. */
	private static String instanceOf(String claim) {
		return claim.substring(0, claim.lastIndexOf(':'));
	}

	/** What the script does not mention has been renewed. */
	static List<RenewVerdict> renew(List<Object> reply, int number) {
		List<RenewVerdict> verdicts = Collections.nCopies(number, RENEWED);
		if (!reply.isEmpty()) {
			verdicts = new ArrayList<>(verdicts);
			for (Object other : reply) {
				List<?> parts = (List<?>) other;
				verdicts.set(Math.toIntExact(number(parts, 0)) - 1, notRenewed(parts));
			}
		}
		return verdicts;
	}

	private static RenewVerdict notRenewed(List<?> parts) {
		return switch (text(parts, 1)) {
			case "deleted" -> new RenewVerdict.Lost(LossCause.DELETED, "nobody holds it in Redis");
			case "taken" -> new RenewVerdict.Lost(LossCause.TAKEN, text(parts, 2));
			case "unknown" -> new RenewVerdict.Unknown(Refusals.explain(text(parts, 2)));
			default -> throw unexpected(parts);
		};
	}

	/** Whether a grant was not renewed because the server is a replica. */
	static boolean isFromReplica(List<RenewVerdict> verdicts) {
		for (RenewVerdict verdict : verdicts) {
			if (verdict instanceof RenewVerdict.Unknown unknown && Refusals.isFromReplica(unknown.reason())) {
				return true;
			}
		}
		return false;
	}

	static Optional<Holder> holder(String key, List<Object> reply) {
		if (reply.isEmpty()) {
			return Optional.empty();
		}
		Duration remaining = (number(reply, 3) >= 0) ? millis(reply, 3) : FOREVER;
		return Optional.of(new Holder(key, text(reply, 0), text(reply, 1), number(reply, 2), remaining));
	}

	private static String text(List<?> reply, int index) {
		return (String) reply.get(index);
	}

	private static long number(List<?> reply, int index) {
		return (reply.get(index) instanceof Long number) ? number : Long.parseLong(text(reply, index));
	}

	private static Duration micros(List<?> reply, int index) {
		return Duration.of(number(reply, index), ChronoUnit.MICROS);
	}

	private static Duration millis(List<?> reply, int index) {
		return Duration.ofMillis(number(reply, index));
	}

	private static IllegalStateException unexpected(List<?> reply) {
		return new IllegalStateException("A script of dlock's has answered " + reply + ", which means nothing");
	}

}
