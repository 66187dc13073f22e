package io.dlock.autoconfigure;

import java.time.Duration;

import io.dlock.LockRegistry;
import io.dlock.core.LeasingLockRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.aop.framework.AopProxyUtils;
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

	private static final Logger logger = LoggerFactory.getLogger(RegistryLifecycle.class);

	private final @Nullable LeasingLockRegistry registry;

	private final Duration patience;

	private final ApplicationContext context;

	/**
	 * A lifecycle.
	 * @param registry what to start and stop; nothing where it is not dlock's own, as
	 * when a test has put a mock in its place
	 * @param patience how long a stop may take
	 * @param context the context whose closing counts; those of its children do not
	 */
	RegistryLifecycle(LockRegistry registry, Duration patience, ApplicationContext context) {
		Object own = (registry instanceof LeasingLockRegistry) ? registry : AopProxyUtils.getSingletonTarget(registry);
		this.registry = (own instanceof LeasingLockRegistry leasing) ? leasing : null;
		if (this.registry == null) {
			logger.info("{} stands in the place of dlock's own registry: dlock neither starts nor stops it",
					registry.getClass().getName());
		}
		this.patience = patience;
		this.context = context;
	}

	@Override
	public void start() {
		if (this.registry != null) {
			this.registry.start();
		}
	}

	@Override
	public void onApplicationEvent(ContextClosedEvent event) {
		if (this.registry != null && event.getApplicationContext() == this.context) {
			this.registry.endWaiting();
		}
	}

	@Override
	public void stop() {
		if (this.registry != null) {
			this.registry.stop(this.patience);
		}
	}

	@Override
	public boolean isRunning() {
		return this.registry != null && this.registry.isRunning();
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
