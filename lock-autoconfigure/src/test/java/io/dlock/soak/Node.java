package io.dlock.soak;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.MappedByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.Level;
import io.dlock.LockRegistry;
import io.dlock.autoconfigure.DlockAutoConfiguration;
import io.dlock.core.LockStore;
import io.dlock.history.Entry;
import io.dlock.history.SeededBug;
import io.dlock.history.WatchedStore;
import io.dlock.history.WatchingObserver;
import org.awaitility.Awaitility;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * The program of a node: an application with dlock in it, wired as every application is,
 * and a few workers, until its standard input ends.
 */
final class Node {

	private static final Duration WARM_UP = Duration.ofSeconds(3);

	private final String name;

	private final Journal journal;

	private final MappedByteBuffer pulses;

	private Node(String name, Journal journal, MappedByteBuffer pulses) {
		this.name = name;
		this.journal = journal;
		this.pulses = pulses;
	}

	/**
	 * Runs a node.
	 * @param args the node's name, the folder to write to, the seed, the port of the
	 * resource, a {@link SeededBug} or nothing, and the application's arguments
	 */
	public static void main(String[] args) throws Exception {
		Path folder = Path.of(args[1]);
		try (Journal journal = Journal.create(NodeProcess.journalOf(folder, args[0]))) {
			Node node = new Node(args[0], journal, Pulse.create(NodeProcess.pulseOf(folder, args[0]), Terms.THREADS));
			SeededBug bug = args[4].isEmpty() ? null : SeededBug.valueOf(args[4]);
			try (ConfigurableApplicationContext application = new SpringApplicationBuilder(Application.class)
				.web(WebApplicationType.NONE)
				.bannerMode(Banner.Mode.OFF)
				.logStartupInfo(false)
				.initializers(node.watchedWith(bug))
				.run(Arrays.copyOfRange(args, 5, args.length))) {
				((ch.qos.logback.classic.Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
				node.work(application.getBean(LockRegistry.class), Long.parseLong(args[2]), Integer.parseInt(args[3]));
			}
		}
		System.exit(0);
	}

	private ApplicationContextInitializer<ConfigurableApplicationContext> watchedWith(SeededBug bug) {
		return (context) -> {
			context.getBeanFactory()
				.registerSingleton("watch", new WatchingObserver(this.name, System::nanoTime, this.journal));
			context.getBeanFactory().addBeanPostProcessor(new BeanPostProcessor() {

				@Override
				public Object postProcessAfterInitialization(Object bean, String beanName) {
					if (!(bean instanceof LockStore store)) {
						return bean;
					}
					LockStore used = (bug != null) ? bug.in(store) : store;
					return new WatchedStore(used, Node.this.name, System::nanoTime, Node.this.journal);
				}

			});
		};
	}

	private void work(LockRegistry locks, long seed, int resourcePort) throws Exception {
		awaitConnection(locks);
		ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
		List<Worker> workers = new ArrayList<>();
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < Terms.THREADS; i++) {
			Worker worker = new Worker(locks,
					new Bearings(this.name, this.journal, Pulse.of(this.pulses, i),
							new ProtectedResource.Client(resourcePort)),
					new Random(31 * (31 * seed + this.name.hashCode()) + i), timer);
			workers.add(worker);
			threads.add(new Thread(worker, "worker-" + i));
		}
		threads.forEach(Thread::start);
		Future<?> unused = timer.schedule(this::measure, WARM_UP.toMillis(), TimeUnit.MILLISECONDS);
		awaitEndOfInput();
		measure();
		workers.forEach(Worker::end);
		join(threads);
		timer.shutdownNow();
	}

	private static void awaitConnection(LockRegistry locks) {
		Awaitility.await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> {
			locks.get("warm-up").acquire().close();
			return true;
		});
	}

	private static void awaitEndOfInput() throws IOException {
		int read = System.in.read();
		while (read >= 0) {
			read = System.in.read();
		}
	}

	/**
	 * Who waits is served, or gives up: after a while every worker has noticed the end.
	 */
	private void join(List<Thread> threads) throws InterruptedException {
		long deadline = System.nanoTime() + 4 * Terms.TTL.plus(Terms.SLACK).toNanos();
		for (Thread thread : threads) {
			thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
			if (thread.isAlive()) {
				this.journal.accept(new Entry.Strange(this.name, System.nanoTime(),
						thread.getName() + " does not come to its end: " + Arrays.toString(thread.getStackTrace())));
			}
		}
	}

	private void measure() {
		System.gc();
		long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
		this.journal.accept(new Entry.Vitals(this.name, System.nanoTime(),
				ManagementFactory.getThreadMXBean().getThreadCount(), heap));
	}

	/**
	 * Nothing but dlock.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(DlockAutoConfiguration.class)
	static class Application {

	}

}
