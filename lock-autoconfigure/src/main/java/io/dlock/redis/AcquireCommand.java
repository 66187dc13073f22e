package io.dlock.redis;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import io.dlock.core.AcquireRequest;
import io.dlock.core.Claim;
import io.dlock.core.GrantId;
import org.jspecify.annotations.Nullable;

/**
 * Says to {@code acquire.lua} what is asked for.
 *
 * @param request what is asked for
 * @param mode how it waits
 * @param givenUp the grant that is given up in the same step, or null
 */
record AcquireCommand(AcquireRequest request, String mode, @Nullable GrantId givenUp) {

	private static final int PLAIN = 5;

	/**
	 * Whether arguments ask for a lock, and for nothing else.
	 */
	static boolean isPlain(String[] arguments) {
		return arguments.length == PLAIN;
	}

	/** Of plain arguments: what many have in common. */
	static String terms(String[] arguments) {
		return arguments[1] + " " + arguments[2] + " " + arguments[4];
	}

	static String tokens(String[] arguments) {
		return arguments[2];
	}

	static long seen(String[] arguments) {
		return Long.parseLong(arguments[3]);
	}

	private boolean isJob() {
		return this.request.claim() != null || !this.request.atLeast().isZero();
	}

	String[] arguments() {
		List<String> arguments = new ArrayList<>();
		Collections.addAll(arguments, this.request.id().toString(), Long.toString(this.request.ttl().toMillis()),
				Integer.toString(this.request.tokens()), Long.toString(this.request.seen()), this.mode);
		Claim claim = this.request.claim();
		if (this.givenUp != null || isJob()) {
			arguments.add((this.givenUp != null) ? this.givenUp.toString() : "");
		}
		if (isJob()) {
			arguments.add(Long.toString(this.request.atLeast().toMillis()));
		}
		if (claim != null) {
			arguments.addAll(of(claim));
		}
		return arguments.toArray(String[]::new);
	}

	/**
	 * A claim as the scripts want it.
	 */
	static List<String> of(Claim claim) {
		return List.of(claim.schedule(), claim.kind().name(), Long.toString(claim.millis()),
				Long.toString(Math.max(1, claim.period().toMillis())), Long.toString(claim.remembered().toMillis()));
	}

}
