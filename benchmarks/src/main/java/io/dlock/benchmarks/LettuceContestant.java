package io.dlock.benchmarks;

import java.util.UUID;
import java.util.concurrent.TimeUnit;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;

/**
 * The least that a lock on Redis can cost: SET NX PX, and a script that deletes the key
 * if it is one's own. It neither waits nor renews, and has no tokens: nobody should use
 * it.
 */
final class LettuceContestant implements Contestant {

	private static final String COMPARE_AND_DELETE = """
			if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end
			return 0""";

	private final String id = UUID.randomUUID().toString();

	private final RedisClient client;

	private final RedisAsyncCommands<String, String> commands;

	private final String digest;

	private final SetArgs terms;

	LettuceContestant(Setting setting) {
		this.client = RedisClient.create(RedisURI.create(Setting.HOST, setting.port()));
		StatefulRedisConnection<String, String> connection = this.client.connect();
		this.commands = connection.async();
		this.digest = connection.sync().scriptLoad(COMPARE_AND_DELETE);
		this.terms = SetArgs.Builder.nx().px(setting.ttl().toMillis());
	}

	@Override
	public void lock(String key) throws Exception {
		if (answer(this.commands.set(key, owner(), this.terms)) == null) {
			throw new IllegalStateException(key + " is held, and the floor cannot wait");
		}
	}

	@Override
	public void unlock(String key) throws Exception {
		String[] keys = { key };
		Long deleted = answer(this.commands.evalsha(this.digest, ScriptOutputType.INTEGER, keys, owner()));
		if (deleted != 1) {
			throw new IllegalStateException(key + " was not held");
		}
	}

	private String owner() {
		return this.id + ":" + Thread.currentThread().getId();
	}

	private static <T> T answer(RedisFuture<T> sent) throws Exception {
		return sent.get(10, TimeUnit.SECONDS);
	}

	@Override
	public void close() {
		this.client.shutdown();
	}

}
