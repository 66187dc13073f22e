package io.dlock.autoconfigure;

import java.util.List;

import io.dlock.LockRegistry;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;

/**
 * Contends for the keys of {@code dlock.contend-for}, from the time when the application
 * is ready until it stops, and again when it was stopped and started. The leaderships are
 * closed by the registry.
 */
final class ContendFor implements SmartLifecycle, ApplicationListener<ApplicationReadyEvent> {

	private final LockRegistry registry;

	private final List<String> keys;

	private final ApplicationContext context;

	private volatile boolean ready;

	private volatile boolean running;

	ContendFor(LockRegistry registry, List<String> keys, ApplicationContext context) {
		this.registry = registry;
		this.keys = keys;
		this.context = context;
	}

	@Override
	public void start() {
		this.running = true;
		contendWhenReady();
	}

	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		if (event.getApplicationContext() == this.context) {
			this.ready = true;
			contendWhenReady();
		}
	}

	private void contendWhenReady() {
		if (this.ready && this.running) {
			this.keys.forEach(this.registry::contend);
		}
	}

	@Override
	public void stop() {
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return RegistryLifecycle.PHASE + 1;
	}

}
