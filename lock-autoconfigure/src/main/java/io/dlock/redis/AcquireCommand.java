package io.dlock.redis;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import io.dlock.core.AcquireRequest;
import io.dlock.core.Claim;

/**
 * Says to {@code acquire.lua} what is asked for.
 *
 * @param keys how the channels of instances are called
 * @param request what is asked for
 * @param mode how it waits
 * @param givenUp the counter of the grant that is given up, or nothing
 */
record AcquireCommand(LockKeys keys, AcquireRequest request, String mode, String givenUp) {

	String[] arguments() {
		List<String> arguments = new ArrayList<>();
		Collections.addAll(arguments, this.request.id().instanceId(), Long.toString(this.request.id().counter()),
				this.keys.channels(), Long.toString(this.request.ttl().toMillis()),
				Integer.toString(this.request.tokens()), Long.toString(this.request.seen()), this.mode, this.givenUp);
		Claim claim = this.request.claim();
		if (claim != null || !this.request.atLeast().isZero()) {
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
