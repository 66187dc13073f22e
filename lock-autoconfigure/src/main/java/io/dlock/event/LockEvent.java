package io.dlock.event;

import io.dlock.KeyText;
import io.dlock.LockKind;
import io.dlock.LockRegistry;

import org.springframework.context.ApplicationEvent;

/**
 * Something that happened to a lock in this instance, told after it has happened. The
 * source is the {@link LockRegistry}.
 * <p>
 * Events are published for all locks: name the key that you mean in a condition. <pre>
 * &#64;EventListener(condition = "#event.key == 'adm'")
 * void lead(LockAcquiredEvent event) {
 * 	...
 * }
 * </pre> Blocking calls of the API publish on the calling thread; everything else is
 * published on threads of dlock's, and a listener that is slow delays later events of the
 * same lock, except a loss. A listener that throws is logged and changes nothing.
 */
public abstract sealed class LockEvent extends ApplicationEvent
		permits LockAcquiredEvent, LockReleasedEvent, LockFailedEvent, LockListeningEvent, LockLostEvent {

	private final String key;

	private final LockKind kind;

	private final String instanceId;

	LockEvent(LockRegistry source, String key, LockKind kind) {
		super(source);
		this.key = key;
		this.kind = kind;
		this.instanceId = source.instanceId();
	}

	/**
	 * The lock's name.
	 * @return the key
	 */
	public String getKey() {
		return this.key;
	}

	/**
	 * What the lock is taken for.
	 * @return the kind
	 */
	public LockKind getKind() {
		return this.kind;
	}

	/**
	 * This instance, as the lock store and the events of others call it.
	 * @return the instance's id
	 */
	public String getInstanceId() {
		return this.instanceId;
	}

	/**
	 * What distinguishes this event, for people.
	 * @return names and values
	 */
	abstract String details();

	@Override
	public String toString() {
		return "%s[key=%s, kind=%s, %s, instanceId=%s]".formatted(getClass().getSimpleName(), KeyText.escaped(this.key),
				this.kind, details(), this.instanceId);
	}

}
