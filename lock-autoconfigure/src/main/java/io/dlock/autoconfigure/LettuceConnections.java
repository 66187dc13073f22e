package io.dlock.autoconfigure;

import io.dlock.autoconfigure.DlockConnectionDetails.Sentinel;
import io.dlock.autoconfigure.DlockConnectionDetails.Standalone;
import io.dlock.redis.RedisLockStore;

import org.springframework.data.redis.connection.RedisNode;
import org.springframework.data.redis.connection.RedisPassword;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Builds the factory of the connections to the Redis that keeps the locks.
 *
 * @param details where Redis is
 * @param client how it is spoken to
 */
record LettuceConnections(DlockConnectionDetails details, OnDemandClientConfiguration client) {

	LettuceConnectionFactory factory() {
		if (this.details.getAddress() instanceof Standalone standalone) {
			return new OnDemandConnectionFactory(configuration(standalone), this.client);
		}
		Sentinel sentinel = (Sentinel) this.details.getAddress();
		return (sentinel.master() != null)
				? new OnDemandConnectionFactory(configuration(sentinel, sentinel.master()), this.client)
				: new SoleMasterConnectionFactory(configuration(sentinel, RedisLockStore.SOLE_MASTER), this.client);
	}

	private RedisStandaloneConfiguration configuration(Standalone standalone) {
		RedisStandaloneConfiguration configuration = new RedisStandaloneConfiguration(standalone.node().host(),
				standalone.node().port());
		configuration.setDatabase(this.details.getDatabase());
		configuration.setUsername(this.details.getUsername());
		configuration.setPassword(RedisPassword.of(this.details.getPassword()));
		return configuration;
	}

	private RedisSentinelConfiguration configuration(Sentinel sentinel, String master) {
		RedisSentinelConfiguration configuration = new RedisSentinelConfiguration();
		configuration.setMaster(master);
		sentinel.nodes().forEach((node) -> configuration.addSentinel(new RedisNode(node.host(), node.port())));
		configuration.setSentinelUsername(sentinel.username());
		configuration.setSentinelPassword(RedisPassword.of(sentinel.password()));
		configuration.setDatabase(this.details.getDatabase());
		configuration.setUsername(this.details.getUsername());
		configuration.setPassword(RedisPassword.of(this.details.getPassword()));
		return configuration;
	}

}
