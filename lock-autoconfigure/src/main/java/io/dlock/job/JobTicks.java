package io.dlock.job;

import org.springframework.core.Ordered;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;

/**
 * Lets a {@link SingletonJob} know for which tick of its schedule it is called: puts
 * itself between {@code @Scheduled} methods and whatever schedules them.
 * <p>
 * It comes last, so that it is around the scheduler that other configurers have chosen.
 */
public final class JobTicks implements SchedulingConfigurer, Ordered {

	@Override
	public void configureTasks(ScheduledTaskRegistrar registrar) {
		TaskScheduler scheduler = registrar.getScheduler();
		if (scheduler != null && !(scheduler instanceof TickingScheduler)) {
			registrar.setTaskScheduler(new TickingScheduler(scheduler));
		}
	}

	@Override
	public int getOrder() {
		return LOWEST_PRECEDENCE;
	}

}
