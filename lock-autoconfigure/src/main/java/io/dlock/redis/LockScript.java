package io.dlock.redis;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.api.async.BaseRedisAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.CommandType;

/**
 * The steps that Redis takes as a whole: Lua scripts, in the files beside this class,
 * which say what each takes and returns.
 */
enum LockScript {

	ACQUIRE("take.lua", "acquire-short.lua", "acquire-alone.lua", "values.lua", "tokens.lua", "lock.lua", "queue.lua",
			"tick.lua", "acquire.lua"),

	RELEASE("take.lua", "release-short.lua", "release-alone.lua", "values.lua", "tokens.lua", "lock.lua", "queue.lua",
			"tick.lua", "release.lua"),

	TOGETHER("take.lua", "acquire-short.lua", "release-short.lua", "together.lua"),

	CLAIM("values.lua", "tokens.lua", "lock.lua", "queue.lua", "tick.lua", "claim.lua"),

	RENEW("renew.lua"),

	HOLDER("values.lua", "lock.lua", "holder.lua");

	private final String source;

	private final String digest;

	LockScript(String... files) {
		this.source = Stream.of(files).map(LockScript::read).collect(Collectors.joining("\n"));
		this.digest = sha1(this.source);
	}

	/**
	 * Runs the script by its digest. A Redis that does not know it (any more) gets the
	 * whole script, which runs and loads it.
	 */
	CompletableFuture<List<Object>> run(BaseRedisAsyncCommands<String, String> redis, String[] keys,
			String... arguments) {
		return send(redis, CommandType.EVALSHA, this.digest, keys, arguments).toCompletableFuture()
			.exceptionallyCompose((failure) -> {
				if (failure instanceof RedisNoScriptException) {
					return send(redis, CommandType.EVAL, this.source, keys, arguments);
				}
				return CompletableFuture.failedFuture(failure);
			});
	}

	private static RedisFuture<List<Object>> send(BaseRedisAsyncCommands<String, String> redis, CommandType command,
			String script, String[] keys, String[] arguments) {
		return redis.dispatch(command, new NestedMultiOutput<>(StringCodec.UTF8),
				new ScriptCall(script, keys, arguments));
	}

	private static String read(String file) {
		try (InputStream content = LockScript.class.getResourceAsStream(file)) {
			if (content == null) {
				throw new FileNotFoundException(file + " is missing beside " + LockScript.class.getName());
			}
			return new String(content.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String sha1(String source) {
		try {
			return HexFormat.of()
				.formatHex(MessageDigest.getInstance("SHA-1").digest(source.getBytes(StandardCharsets.UTF_8)));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java has SHA-1", ex);
		}
	}

}
