package io.dlock.autoconfigure;

import java.time.Duration;

import io.dlock.core.LeasingLockRegistry;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Starts and stops the registry with its application context, any number of times.
 * <p>
 * It starts after the connection factory and stops before it; it stops after web servers,
 * schedulers and executors, whose work may hold locks. When the context closes, whoever
 * waits for a lock is sent away at once.
 */
final class RegistryLifecycle implements SmartLifecycle, ApplicationListener<ContextClosedEvent> {

	static final int PHASE = 1024;

	private final LeasingLockRegistry registry;

	private final Duration patience;

	private final ApplicationContext context;

	/**
	 * A lifecycle.
	 * @param registry what to start and stop
	 * @param patience how long a stop may take
	 * @param context the context whose closing counts; those of its children do not
	 */
	RegistryLifecycle(LeasingLockRegistry registry, Duration patience, ApplicationContext context) {
		this.registry = registry;
		this.patience = patience;
		this.context = context;
	}

	@Override
	public void start() {
		this.registry.start();
	}

	@Override
	public void onApplicationEvent(ContextClosedEvent event) {
		if (event.getApplicationContext() == this.context) {
			this.registry.endWaiting();
		}
	}

	@Override
	public void stop() {
		this.registry.stop(this.patience);
	}

	@Override
	public boolean isRunning() {
		return this.registry.isRunning();
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
