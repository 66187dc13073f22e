package io.dlock.autoconfigure;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;

import io.dlock.Lease;
import io.dlock.LockRegistry;
import io.dlock.event.LockAcquiredEvent;
import io.dlock.job.CurrentJob;
import io.dlock.job.SingletonJob;

import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * An application to be processed ahead of time: it uses what dlock has, prints what comes
 * of it, a line each, and ends. Spring Boot does not find what was generated for a class
 * within another.
 */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
@ImportAutoConfiguration({ DlockAutoConfiguration.class, DataRedisAutoConfiguration.class, SslAutoConfiguration.class,
		TaskSchedulingAutoConfiguration.class })
public class AheadOfTimeApplication {

	public static void main(String[] args) throws InterruptedException {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(AheadOfTimeApplication.class)
			.web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.properties("dlock.contend-for=adm", "dlock.ttl=5s")
			.run(args)) {
			use(context);
		}
	}

	private static void use(ApplicationContext context) throws InterruptedException {
		context.getBean(Listener.class).led.await();
		context.getBean(ScheduledJob.class).awaitRun();
		LockRegistry locks = context.getBean(LockRegistry.class);
		OrderJob orders = context.getBean(OrderJob.class);
		ReportJob report = context.getBean(ReportJob.class);
		System.out.println("by its class: " + orders.run(new Order(new Customer(42)), "EU"));
		System.out.println("by its interface: " + report.run());
		try (Lease order = locks.get("orders:EU:42").acquire(); Lease nightly = locks.get("nightly").acquire()) {
			System.out.println("by its class, held elsewhere: " + orders.run(new Order(new Customer(42)), "EU"));
			System.out.println("by its interface, held elsewhere: " + report.run());
		}
	}

	@Bean
	Listener listener() {
		return new Listener();
	}

	@Bean
	ScheduledJob scheduledJob() {
		return new ScheduledJob();
	}

	@Bean
	OrderJob orderJob() {
		return new OrderJob();
	}

	@Bean
	NightlyReportJob reportJob() {
		return new NightlyReportJob();
	}

	private static String lock() {
		CurrentJob.assertHeld();
		return CurrentJob.lease().key();
	}

	record Order(Customer customer) {

	}

	record Customer(long id) {

	}

	interface ReportJob {

		Optional<String> run();

	}

	static class Listener {

		private final CountDownLatch led = new CountDownLatch(1);

		@EventListener(condition = "#event.key == 'adm'")
		void lead(LockAcquiredEvent event) {
			System.out.println("leads " + event.getKey());
			this.led.countDown();
		}

	}

	static class ScheduledJob {

		private final CountDownLatch ran = new CountDownLatch(1);

		@SingletonJob("hourly")
		@Scheduled(fixedRate = 3_600_000)
		void run() {
			boolean ticking = StackWalker.getInstance()
				.walk((frames) -> frames
					.anyMatch((frame) -> frame.getClassName().equals("io.dlock.job.ScheduledCall")));
			System.out.println((ticking ? "by its schedule: " : "by hand: ") + lock());
			this.ran.countDown();
		}

		void awaitRun() throws InterruptedException {
			this.ran.await();
		}

	}

	static class OrderJob {

		@SingletonJob("orders:#{#region.strip()}:#{#order.customer.id}")
		Optional<String> run(Order order, String region) {
			return Optional.of(lock());
		}

	}

	static class NightlyReportJob implements ReportJob {

		@Override
		@SingletonJob("nightly")
		public Optional<String> run() {
			return Optional.of(lock());
		}

	}

}
