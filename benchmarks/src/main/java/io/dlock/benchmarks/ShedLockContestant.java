package io.dlock.benchmarks;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.SimpleLock;
import net.javacrumbs.shedlock.provider.redis.spring.RedisLockProvider;

import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * ShedLock. It does not wait.
 */
final class ShedLockContestant implements Contestant {

	private final Duration ttl;

	private final LettuceConnectionFactory factory;

	private final LockProvider locks;

	private final ThreadLocal<Map<String, SimpleLock>> held = ThreadLocal.withInitial(HashMap::new);

	ShedLockContestant(Setting setting) {
		this.ttl = setting.ttl();
		this.factory = new LettuceConnectionFactory(Setting.HOST, setting.port());
		this.factory.afterPropertiesSet();
		this.factory.start();
		this.locks = new RedisLockProvider(this.factory);
	}

	@Override
	public void lock(String key) {
		LockConfiguration terms = new LockConfiguration(Instant.now(), key, this.ttl, Duration.ZERO);
		SimpleLock lock = this.locks.lock(terms)
			.orElseThrow(() -> new IllegalStateException(key + " is held, and ShedLock does not wait"));
		this.held.get().put(key, lock);
	}

	@Override
	public void unlock(String key) {
		SimpleLock lock = this.held.get().remove(key);
		if (lock == null) {
			throw new IllegalStateException(key + " was not held");
		}
		lock.unlock();
	}

	@Override
	public void close() {
		this.factory.destroy();
	}

}
