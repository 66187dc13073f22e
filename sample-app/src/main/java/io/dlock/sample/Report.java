package io.dlock.sample;

import java.util.concurrent.TimeUnit;

import io.dlock.job.SingletonJob;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * A job that all instances start at the same moment, and one of them runs.
 */
@Component
class Report {

	@SingletonJob("report")
	@Scheduled(cron = "*/5 * * * * *")
	void write() throws InterruptedException {
		System.out.println("              (the report is being written here)");
		TimeUnit.SECONDS.sleep(1);
	}

}
