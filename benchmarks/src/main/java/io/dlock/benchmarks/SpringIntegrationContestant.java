package io.dlock.benchmarks;

import java.time.Duration;

import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.integration.redis.util.RedisLockRegistry;
import org.springframework.integration.redis.util.RedisLockRegistry.RedisLockType;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * The lock registry of Spring Integration, with renewal, as dlock and Redisson have it.
 */
final class SpringIntegrationContestant implements Contestant {

	private final LettuceConnectionFactory factory;

	private final ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();

	private final RedisLockRegistry locks;

	private SpringIntegrationContestant(Setting setting, RedisLockType type) {
		this.factory = new LettuceConnectionFactory(Setting.HOST, setting.port());
		this.factory.afterPropertiesSet();
		this.factory.start();
		this.scheduler.afterPropertiesSet();
		Duration ttl = setting.ttl();
		this.locks = new RedisLockRegistry(this.factory, "locks", ttl);
		this.locks.setRedisLockType(type);
		this.locks.setRenewalTaskScheduler(this.scheduler);
	}

	static Contestant spinning(Setting setting) {
		return new SpringIntegrationContestant(setting, RedisLockType.SPIN_LOCK);
	}

	static Contestant listening(Setting setting) {
		return new SpringIntegrationContestant(setting, RedisLockType.PUB_SUB_LOCK);
	}

	@Override
	public void lock(String key) {
		this.locks.obtain(key).lock();
	}

	@Override
	public void unlock(String key) {
		this.locks.obtain(key).unlock();
	}

	@Override
	public void close() {
		this.locks.destroy();
		this.scheduler.destroy();
		this.factory.destroy();
	}

}
