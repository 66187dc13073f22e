package io.dlock.benchmarks;

import java.util.concurrent.CompletionStage;

import org.redisson.Redisson;
import org.redisson.api.RLock;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/**
 * Redisson, with its defaults but for the watchdog's time.
 */
final class RedissonContestant implements KeepingContestant {

	private final RedissonClient client;

	private final boolean fair;

	private RedissonContestant(Setting setting, boolean fair) {
		Config config = new Config();
		config.setLockWatchdogTimeout(setting.ttl().toMillis());
		config.useSingleServer().setAddress("redis://" + Setting.HOST + ":" + setting.port());
		this.client = Redisson.create(config);
		this.fair = fair;
	}

	static Contestant unfair(Setting setting) {
		return new RedissonContestant(setting, false);
	}

	static Contestant fair(Setting setting) {
		return new RedissonContestant(setting, true);
	}

	@Override
	public void lock(String key) {
		lockOf(key).lock();
	}

	@Override
	public void unlock(String key) {
		lockOf(key).unlock();
	}

	@Override
	public CompletionStage<?> keep(String key) {
		return lockOf(key).lockAsync(1);
	}

	private RLock lockOf(String key) {
		return this.fair ? this.client.getFairLock(key) : this.client.getLock(key);
	}

	@Override
	public void close() {
		this.client.shutdown();
	}

}
