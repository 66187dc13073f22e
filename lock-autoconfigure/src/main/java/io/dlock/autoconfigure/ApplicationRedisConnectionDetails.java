package io.dlock.autoconfigure;

import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.ssl.SslBundle;

/**
 * The connection details of the application's own Redis, for locks.
 */
final class ApplicationRedisConnectionDetails implements DlockConnectionDetails {

	private final DataRedisConnectionDetails details;

	private final boolean urlDemandsTls;

	private final Address address;

	private final int database;

	ApplicationRedisConnectionDetails(DataRedisConnectionDetails details, @Nullable String url) {
		this.details = details;
		// Spring Boot's own client looks at the URL as well: its details do not tell.
		this.urlDemandsTls = url != null && url.toLowerCase(Locale.ROOT).startsWith("rediss://");
		DataRedisConnectionDetails.Sentinel sentinel = details.getSentinel();
		if (sentinel != null) {
			this.address = address(sentinel);
			this.database = sentinel.getDatabase();
			return;
		}
		DataRedisConnectionDetails.Standalone standalone = standalone(details);
		this.address = new Standalone(new Node(standalone.getHost(), standalone.getPort()));
		this.database = standalone.getDatabase();
	}

	private static Address address(DataRedisConnectionDetails.Sentinel sentinel) {
		List<Node> nodes = sentinel.getNodes().stream().map((node) -> new Node(node.host(), node.port())).toList();
		return new Sentinel(sentinel.getMaster(), nodes, sentinel.getUsername(), sentinel.getPassword());
	}

	private static DataRedisConnectionDetails.Standalone standalone(DataRedisConnectionDetails details) {
		if (details.getCluster() != null) {
			throw notSupported("a Redis Cluster");
		}
		if (details.getMasterReplica() != null) {
			throw notSupported("a static master with replicas");
		}
		DataRedisConnectionDetails.Standalone standalone = details.getStandalone();
		if (standalone == null) {
			throw notSupported("neither one server nor sentinels");
		}
		return standalone;
	}

	private static InvalidSettingException notSupported(String kind) {
		return new InvalidSettingException(
				"The application's own Redis (spring.data.redis.*) is %s, which is not supported for locks yet"
					.formatted(kind),
				"Set dlock.host or dlock.sentinel.nodes to a Redis for the locks");
	}

	@Override
	public Address getAddress() {
		return this.address;
	}

	@Override
	public int getDatabase() {
		return this.database;
	}

	@Override
	public @Nullable String getUsername() {
		return this.details.getUsername();
	}

	@Override
	public @Nullable String getPassword() {
		return this.details.getPassword();
	}

	@Override
	public @Nullable SslBundle getSslBundle() {
		SslBundle bundle = this.details.getSslBundle();
		return (bundle == null && this.urlDemandsTls) ? SslBundle.systemDefault() : bundle;
	}

}
