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

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisScriptingAsyncCommands;

/**
 * The steps that Redis takes as a whole: Lua scripts, in the files beside this class,
 * which say what each takes and returns.
 */
enum LockScript {

	ACQUIRE("values.lua", "tokens.lua", "acquire-free.lua", "lock.lua", "queue.lua", "tick.lua", "acquire.lua"),

	RELEASE("release-free.lua", "values.lua", "tokens.lua", "lock.lua", "queue.lua", "tick.lua", "release.lua"),

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
	CompletableFuture<List<Object>> run(RedisScriptingAsyncCommands<String, String> redis, String[] keys,
			String... arguments) {
		return redis.<List<Object>>evalsha(this.digest, ScriptOutputType.MULTI, keys, arguments)
			.toCompletableFuture()
			.exceptionallyCompose((failure) -> {
				if (failure instanceof RedisNoScriptException) {
					return redis.<List<Object>>eval(this.source, ScriptOutputType.MULTI, keys, arguments);
				}
				return CompletableFuture.failedFuture(failure);
			});
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
			byte[] digest = MessageDigest.getInstance("SHA-1").digest(source.getBytes(StandardCharsets.UTF_8));
			return HexFormat.of().formatHex(digest);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java has SHA-1", ex);
		}
	}

}
