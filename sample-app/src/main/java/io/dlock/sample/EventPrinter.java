package io.dlock.sample;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

import io.dlock.event.LockAcquiredEvent;
import io.dlock.event.LockEvent;
import io.dlock.event.LockFailedEvent;
import io.dlock.event.LockListeningEvent;
import io.dlock.event.LockLostEvent;
import io.dlock.event.LockReleasedEvent;
import org.jspecify.annotations.Nullable;

import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Prints each lock event of this instance in a line: when, what, which lock, and the
 * rest.
 */
@Component
class EventPrinter {

	private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT)
		.withZone(ZoneId.systemDefault());

	@EventListener
	void acquired(LockAcquiredEvent event) {
		print("ACQUIRED", event, "token %d, by %s, after %d ms".formatted(event.getFencingToken(),
				event.getInstanceId(), event.getWaitTime().toMillis()));
	}

	@EventListener
	void released(LockReleasedEvent event) {
		print("released", event, "token %d, by %s, held for %d ms".formatted(event.getFencingToken(),
				event.getInstanceId(), event.getHeldFor().toMillis()));
	}

	@EventListener
	void failed(LockFailedEvent event) {
		Instant tick = event.getTick();
		print("failed", event,
				(tick != null)
						? "%s, the run of %s is that of %s".formatted(event.getCause(), TIME.format(tick),
								known(event.getHolder()))
						: "%s, the holder is %s".formatted(event.getCause(), known(event.getHolder())));
	}

	@EventListener
	void listening(LockListeningEvent event) {
		print("listening", event,
				"at place %d, the holder is %s".formatted(event.getPosition(), known(event.getHolder())));
	}

	@EventListener
	void lost(LockLostEvent event) {
		print("LOST", event,
				"token %d, by %s: %s".formatted(event.getFencingToken(), event.getInstanceId(), event.getCause()));
	}

	private static String known(@Nullable String holder) {
		return (holder != null) ? holder : "not known";
	}

	private static void print(String what, LockEvent event, String rest) {
		String time = TIME.format(Instant.ofEpochMilli(event.getTimestamp()));
		System.out.println("%s  %-9s  %-6s  %s".formatted(time, what, event.getKey(), rest));
	}

}
