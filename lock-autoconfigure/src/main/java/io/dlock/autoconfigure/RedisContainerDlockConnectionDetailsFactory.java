package io.dlock.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.Container;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;
import org.springframework.util.ClassUtils;

/**
 * Makes {@code @ServiceConnection} on a Redis container the place where tests keep their
 * locks.
 */
class RedisContainerDlockConnectionDetailsFactory
		extends ContainerConnectionDetailsFactory<Container<?>, DlockConnectionDetails> {

	private static final List<String> IMAGES = List.of("redis", "redis/redis-stack", "redis/redis-stack-server");

	private static final List<String> CONTAINERS = List.of("com.redis.testcontainers.RedisContainer",
			"com.redis.testcontainers.RedisStackContainer");

	private static final int PORT = 6379;

	RedisContainerDlockConnectionDetailsFactory() {
		super(IMAGES);
	}

	@Override
	protected boolean sourceAccepts(ContainerConnectionSource<Container<?>> source, Class<?> requiredContainerType,
			Class<?> requiredConnectionDetailsType) {
		return super.sourceAccepts(source, requiredContainerType, requiredConnectionDetailsType) || CONTAINERS.stream()
			.filter((container) -> ClassUtils.isPresent(container, null))
			.map((container) -> ClassUtils.resolveClassName(container, null))
			.anyMatch((container) -> source.accepts(ANY_CONNECTION_NAME, container, requiredConnectionDetailsType));
	}

	@Override
	protected DlockConnectionDetails getContainerConnectionDetails(ContainerConnectionSource<Container<?>> source) {
		return new DlockContainerConnectionDetails(source);
	}

	/**
	 * The address that the container is published at. Spring Boot names the bean after
	 * the class, so that it must not be called like the one of Spring Boot's own.
	 */
	private static final class DlockContainerConnectionDetails extends ContainerConnectionDetails<Container<?>>
			implements DlockConnectionDetails {

		private DlockContainerConnectionDetails(ContainerConnectionSource<Container<?>> source) {
			super(source);
		}

		@Override
		public Address getAddress() {
			return new Standalone(new Node(getContainer().getHost(), getContainer().getMappedPort(PORT)));
		}

		@Override
		public @Nullable SslBundle getSslBundle() {
			return super.getSslBundle();
		}

	}

}
