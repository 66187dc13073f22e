package io.dlock.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.dlock.DistributedLock;
import io.dlock.Lease;
import io.dlock.LockOptions;
import io.dlock.LockRegistry;
import io.dlock.autoconfigure.DlockAutoConfiguration;
import io.dlock.event.LockAcquiredEvent;
import io.dlock.event.LockEvent;
import io.dlock.event.LockFailedEvent;
import io.dlock.event.LockLostEvent;
import io.dlock.event.LockReleasedEvent;
import io.dlock.faults.Journal.Entry;
import io.dlock.faults.Journal.LeaseName;
import io.dlock.faults.Journal.What;

import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/**
 * An application with dlock in it, wired as every application is. It tells a witness what
 * happens to its locks, and when its leases are valid.
 */
final class Node implements AutoCloseable {

	/** How often the leases are asked whether they are valid. */
	private static final int LOOK_MILLIS = 2;

	private final String name;

	private final ConfigurableApplicationContext context;

	private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor((work) -> {
		Thread thread = new Thread(work, "witness");
		thread.setDaemon(true);
		return thread;
	});

	private Future<?> looked = CompletableFuture.completedFuture(null);

	private Node(String name, ConfigurableApplicationContext context) {
		this.name = name;
		this.context = context;
	}

	/**
	 * Starts an application.
	 * @param name how it is called in the journal and, with random letters behind, in
	 * Redis
	 * @param witness is told everything
	 * @param properties settings, as {@code name=value}
	 * @param configurations what is in the application besides dlock
	 * @return the application, to be closed
	 */
	static Node start(String name, Witness witness, List<String> properties, Class<?>... configurations) {
		List<String> arguments = new ArrayList<>(List.of("--dlock.instance-id=" + name));
		properties.forEach((property) -> arguments.add("--" + property));
		ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class).sources(configurations)
			.web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.logStartupInfo(false)
			.registerShutdownHook(false)
			.listeners(new Listener(name, witness))
			.run(arguments.toArray(String[]::new));
		Node node = new Node(name, context);
		node.looked = node.looking.scheduleWithFixedDelay(() -> node.look(witness), 0, LOOK_MILLIS,
				TimeUnit.MILLISECONDS);
		return node;
	}

	String name() {
		return this.name;
	}

	LockRegistry locks() {
		return this.context.getBean(LockRegistry.class);
	}

	DistributedLock lock(String key) {
		return locks().get(key);
	}

	DistributedLock lock(String key, Duration ttl) {
		return locks().get(key, LockOptions.defaults().withTtl(ttl));
	}

	/**
	 * Returns when Redis has answered: on a busy machine a first attempt may not wait so
	 * long.
	 */
	Node connected() {
		Cluster.promptly(this + " is connected").ignoreExceptions().until(() -> {
			lock("warm-up").acquire().close();
			return true;
		});
		return this;
	}

	/** Waits for a lock in the background. */
	CompletableFuture<Lease> want(String key) {
		return lock(key).acquireAsync();
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	<T> T bean(String name, Class<T> type) {
		return this.context.getBean(name, type);
	}

	@Override
	public void close() {
		if (this.looking.isShutdown()) {
			return; // a test has closed it
		}
		boolean failed = this.looked.isDone();
		this.looking.shutdownNow();
		this.context.close();
		if (failed) {
			throw new AssertionError(this + " could not look at its leases: " + this.looked);
		}
	}

	private void look(Witness witness) {
		long from = System.nanoTime();
		List<Lease> valid = List.copyOf(locks().leases());
		long to = System.nanoTime();
		for (Lease lease : valid) {
			witness.seenValid(new LeaseName(this.name, lease.key(), lease.fencingToken()), from, to);
		}
	}

	@Override
	public String toString() {
		return "node " + this.name;
	}

	/**
	 * Nothing but dlock.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(DlockAutoConfiguration.class)
	static class Application {

	}

	/**
	 * Passes on what the application hears of its locks, before other listeners do what
	 * they do.
	 */
	private static final class Listener implements ApplicationListener<LockEvent>, Ordered {

		private final String node;

		private final Witness witness;

		Listener(String node, Witness witness) {
			this.node = node;
			this.witness = witness;
		}

		@Override
		public void onApplicationEvent(LockEvent event) {
			long now = System.nanoTime();
			if (event instanceof LockAcquiredEvent acquired) {
				tell(now, What.ACQUIRED, event, acquired.getFencingToken(), "");
			}
			else if (event instanceof LockReleasedEvent released) {
				tell(now, What.RELEASED, event, released.getFencingToken(), "");
			}
			else if (event instanceof LockLostEvent lost) {
				tell(now, What.LOST, event, lost.getFencingToken(), lost.getCause().name());
			}
			else if (event instanceof LockFailedEvent failed) {
				tell(now, What.FAILED, event, 0, failed.getCause().name());
			}
			else {
				tell(now, What.LISTENING, event, 0, "");
			}
		}

		@Override
		public int getOrder() {
			return HIGHEST_PRECEDENCE;
		}

		private void tell(long at, What what, LockEvent event, long token, String detail) {
			this.witness.told(new Entry(at, what, new LeaseName(this.node, event.getKey(), token), detail));
		}

	}

}
