package io.dlock.autoconfigure;

import java.time.Duration;
import java.time.Instant;

import io.dlock.FailureCause;
import io.dlock.LockKind;
import io.dlock.LockRegistry;
import io.dlock.LossCause;
import io.dlock.core.LockObserver;
import io.dlock.event.LockAcquiredEvent;
import io.dlock.event.LockFailedEvent;
import io.dlock.event.LockListeningEvent;
import io.dlock.event.LockLostEvent;
import io.dlock.event.LockReleasedEvent;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;

/**
 * Tells the application what happened, as application events.
 */
final class EventPublishingObserver implements LockObserver {

	private final ApplicationEventPublisher publisher;

	EventPublishingObserver(ApplicationEventPublisher publisher) {
		this.publisher = publisher;
	}

	@Override
	public void acquired(LockRegistry registry, String key, LockKind kind, long fencingToken, Duration waited) {
		this.publisher.publishEvent(new LockAcquiredEvent(registry, key, kind, fencingToken, waited));
	}

	@Override
	public void released(LockRegistry registry, String key, LockKind kind, long fencingToken, Duration held) {
		this.publisher.publishEvent(new LockReleasedEvent(registry, key, kind, fencingToken, held));
	}

	@Override
	public void failed(LockRegistry registry, String key, LockKind kind, FailureCause cause, @Nullable String holder,
			@Nullable Instant tick) {
		this.publisher.publishEvent(new LockFailedEvent(registry, key, kind, cause, holder, tick));
	}

	@Override
	public void listening(LockRegistry registry, String key, LockKind kind, @Nullable String holder, int position) {
		this.publisher.publishEvent(new LockListeningEvent(registry, key, kind, holder, position));
	}

	@Override
	public void lost(LockRegistry registry, String key, LockKind kind, long fencingToken, LossCause cause,
			Instant lostAt) {
		this.publisher.publishEvent(new LockLostEvent(registry, key, kind, fencingToken, cause, lostAt));
	}

}
