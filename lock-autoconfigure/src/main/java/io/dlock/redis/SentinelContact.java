package io.dlock.redis;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.ListOfMapsOutput;
import io.lettuce.core.output.MapOutput;
import io.lettuce.core.output.ValueListOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.RedisPubSubListener;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import org.jspecify.annotations.Nullable;

/**
 * One sentinel: asked which server is the master, and listened to for news of it. It has
 * ordinary connections, since Lettuce warns of every sentinel that it cannot reach, each
 * time.
 */
final class SentinelContact {

	/**
	 * The first comes from all sentinels, as each finds out; the second, earlier, from
	 * the one that carries the failover out.
	 */
	private static final String[] NEWS = { "+switch-master", "+promoted-slave" };

	private final @Nullable String masterName;

	private final Duration timeout;

	private final BriefLink<StatefulRedisConnection<String, String>> questions;

	private final BriefLink<StatefulRedisPubSubConnection<String, String>> news;

	/** Why the sentinel does not let us in, and until when that is taken for granted. */
	private volatile @Nullable Denial denial;

	/**
	 * Describes a sentinel, and connects to nothing.
	 * @param client the client of now
	 * @param uri where the sentinel is
	 * @param masterName how it calls the master; null for the only one that it watches
	 * @param timeout how long an answer may take
	 * @param listener is called when the master may be another one than before
	 */
	SentinelContact(Supplier<RedisClient> client, RedisURI uri, @Nullable String masterName, Duration timeout,
			Runnable listener) {
		this.masterName = masterName;
		this.timeout = timeout;
		this.questions = new BriefLink<>(() -> client.get().connectAsync(StringCodec.UTF8, uri));
		this.news = new BriefLink<>(() -> client.get().connectPubSubAsync(StringCodec.UTF8, uri).thenApply((made) -> {
			listen(made, listener);
			return made;
		}));
	}

	private static void listen(StatefulRedisPubSubConnection<String, String> made, Runnable listener) {
		RedisPubSubListener<String, String> onNews = new RedisPubSubAdapter<>() {

			@Override
			public void subscribed(String channel, long count) {
				listener.run();
			}

			@Override
			public void message(String channel, String message) {
				listener.run();
			}

		};
		made.addListener(onNews);
		RedisFuture<Void> unused = made.async().subscribe(NEWS);
	}

	/**
	 * Asks which server is the master.
	 * @return the answer, or null when the sentinel does not know of the master
	 */
	CompletableFuture<@Nullable MasterReport> ask() {
		Denial known = this.denial;
		if (known != null && known.isFresh()) {
			return CompletableFuture.failedFuture(known.cause());
		}
		CompletableFuture<StatefulRedisPubSubConnection<String, String>> listening = this.news.get();
		CompletableFuture<StatefulRedisConnection<String, String>> asking = this.questions.get();
		return asking.thenCompose(this::ask)
			.orTimeout(this.timeout.toMillis(), TimeUnit.MILLISECONDS)
			.whenComplete((report, failure) -> {
				this.denial = (failure != null && Refusals.isDenial(failure)) ? Denial.after(known, failure) : null;
				if (failure != null) {
					// They may be half-open: the next time on new ones.
					CompletableFuture<Void> unused = CompletableFuture.allOf(this.questions.drop(asking),
							this.news.drop(listening));
				}
			});
	}

	/**
	 * The epoch is asked for first: an answer that is torn by a failover then passes for
	 * older than it is, not for newer.
	 */
	private CompletableFuture<@Nullable MasterReport> ask(StatefulRedisConnection<String, String> sentinel) {
		if (this.masterName != null) {
			CompletableFuture<Map<String, String>> described = send(sentinel, new MapOutput<>(StringCodec.UTF8),
					"MASTER", this.masterName);
			// Not everybody may ask for it.
			CompletableFuture<Long> epoch = described
				.handle((master, failure) -> (failure != null) ? 0L : epoch(master));
			return epoch.thenCombine(address(sentinel, this.masterName), SentinelContact::report);
		}
		CompletableFuture<List<Map<String, String>>> all = send(sentinel, new ListOfMapsOutput<>(StringCodec.UTF8),
				"MASTERS");
		return all.thenCompose((masters) -> {
			String name = (masters.size() == 1) ? masters.get(0).get("name") : null;
			return (name != null)
					? address(sentinel, name).thenApply((address) -> report(epoch(masters.get(0)), address))
					: CompletableFuture.completedFuture(null);
		});
	}

	private static CompletableFuture<List<String>> address(StatefulRedisConnection<String, String> sentinel,
			String name) {
		return send(sentinel, new ValueListOutput<>(StringCodec.UTF8), "GET-MASTER-ADDR-BY-NAME", name);
	}

	private static <T> CompletableFuture<T> send(StatefulRedisConnection<String, String> sentinel,
			CommandOutput<String, String, T> output, String... words) {
		CommandArgs<String, String> arguments = new CommandArgs<>(StringCodec.UTF8);
		for (String word : words) {
			arguments.add(word);
		}
		return sentinel.async().dispatch(CommandType.SENTINEL, output, arguments).toCompletableFuture();
	}

	private static long epoch(Map<String, String> master) {
		return Long.parseLong(master.getOrDefault("config-epoch", "0"));
	}

	private static @Nullable MasterReport report(long epoch, List<String> address) {
		return (address.size() == 2) ? new MasterReport(address.get(0), Integer.parseInt(address.get(1)), epoch) : null;
	}

	/**
	 * Closes the connections, and makes none any more.
	 * @return completes when that is done
	 */
	CompletableFuture<Void> close() {
		return CompletableFuture.allOf(this.questions.close(), this.news.close());
	}

	/**
	 * A wrong password: not to be tried again and again.
	 *
	 * @param cause what the sentinel says
	 * @param since when it said so, in nanoseconds
	 * @param seconds for how long it is not asked again
	 */
	private record Denial(Throwable cause, long since, long seconds) {

		private static final long LONGEST_SECONDS = 30;

		static Denial after(@Nullable Denial before, Throwable cause) {
			long seconds = (before != null) ? Math.min(2 * before.seconds, LONGEST_SECONDS) : 1;
			return new Denial(cause, System.nanoTime(), seconds);
		}

		boolean isFresh() {
			return System.nanoTime() - this.since < TimeUnit.SECONDS.toNanos(this.seconds);
		}

	}

}
