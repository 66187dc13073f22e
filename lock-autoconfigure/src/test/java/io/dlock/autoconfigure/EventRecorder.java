package io.dlock.autoconfigure;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.dlock.event.LockEvent;

import org.springframework.context.event.EventListener;

/**
 * Remembers the events of an application, in order.
 */
class EventRecorder {

	private final List<LockEvent> events = new CopyOnWriteArrayList<>();

	@EventListener
	void heard(LockEvent event) {
		this.events.add(event);
	}

	List<LockEvent> events() {
		return this.events;
	}

	/**
	 * The events in short.
	 * @return the kind of event without "Lock" and "Event", and the key
	 */
	List<String> story() {
		return this.events.stream()
			.map((event) -> event.getClass().getSimpleName().replaceAll("Lock|Event", "") + " " + event.getKey())
			.toList();
	}

}
