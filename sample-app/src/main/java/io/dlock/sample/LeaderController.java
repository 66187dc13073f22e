package io.dlock.sample;

import io.dlock.LockRegistry;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Tells who leads.
 */
@RestController
class LeaderController {

	private final LockRegistry locks;

	LeaderController(LockRegistry locks) {
		this.locks = locks;
	}

	@GetMapping(path = "/", produces = "text/plain")
	String leader() {
		return this.locks.holder("adm")
			.map((holder) -> "%s leads, with token %d; this is %s%n".formatted(holder.instanceId(),
					holder.fencingToken(), this.locks.instanceId()))
			.orElse("nobody leads; this is %s%n".formatted(this.locks.instanceId()));
	}

}
