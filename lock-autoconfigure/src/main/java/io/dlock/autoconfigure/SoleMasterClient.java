package io.dlock.autoconfigure;

import java.net.SocketAddress;
import java.util.List;

import io.dlock.redis.RedisLockStore;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import reactor.core.publisher.Mono;

/**
 * A client of the only master that the sentinels watch, whatever they call it. Each
 * attempt to connect asks for the name until it is known, so that the sentinels need not
 * be there when the application starts.
 */
final class SoleMasterClient extends RedisClient {

	private final RedisURI uri;

	SoleMasterClient(ClientResources resources, RedisURI uri) {
		super(resources, uri);
		this.uri = uri;
	}

	@Override
	protected Mono<SocketAddress> getSocketAddress(RedisURI uri) {
		if (!RedisLockStore.SOLE_MASTER.equals(uri.getSentinelMasterId())) {
			return super.getSocketAddress(uri);
		}
		return masterName().flatMap((name) -> {
			uri.setSentinelMasterId(name);
			return super.getSocketAddress(uri);
		});
	}

	/**
	 * Asks the sentinels how they call the master.
	 * @return the name; fails with an {@link InvalidSettingException} when there is more
	 * than one master, and otherwise when no sentinel answers
	 */
	Mono<String> masterName() {
		return Mono
			.usingWhen(Mono.fromCompletionStage(() -> connectSentinelAsync(StringCodec.UTF8, this.uri)),
					(connection) -> connection.reactive().masters().map((master) -> master.get("name")).collectList(),
					(connection) -> Mono.fromCompletionStage(connection::closeAsync))
			.map(SoleMasterClient::only);
	}

	private static String only(List<String> names) {
		if (names.size() == 1) {
			return names.get(0);
		}
		throw new InvalidSettingException(
				names.isEmpty() ? "The sentinels of dlock.sentinel.* watch no master"
						: "dlock.sentinel.master is not set, and the sentinels watch several masters: "
								+ String.join(", ", names.stream().sorted().toList()),
				"Set dlock.sentinel.master to the name of the one that keeps the locks");
	}

}
