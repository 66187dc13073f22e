package io.dlock.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.boot.ssl.SslBundle;

/**
 * Where the Redis is that keeps the locks, and how to be let in. A bean of this type
 * beats the {@code dlock.*} properties that say the same.
 */
public interface DlockConnectionDetails extends ConnectionDetails {

	/**
	 * Where Redis is.
	 * @return the address
	 */
	Address getAddress();

	/**
	 * The number of the database.
	 * @return the database
	 */
	default int getDatabase() {
		return 0;
	}

	/**
	 * The user to log in as.
	 * @return the name, or {@code null} for the default user
	 */
	default @Nullable String getUsername() {
		return null;
	}

	/**
	 * The user's password.
	 * @return the password, or {@code null} when none is needed
	 */
	default @Nullable String getPassword() {
		return null;
	}

	/**
	 * The keys and certificates for TLS.
	 * @return the bundle, or {@code null} to speak without TLS
	 */
	default @Nullable SslBundle getSslBundle() {
		return null;
	}

	/**
	 * Where Redis is: a server, or the sentinels that know it.
	 */
	sealed interface Address {

	}

	/**
	 * One server.
	 *
	 * @param node where it is
	 */
	record Standalone(Node node) implements Address {
	}

	/**
	 * Sentinels that know which server is the master.
	 *
	 * @param master what they call the master, or {@code null} for the only one that they
	 * watch
	 * @param nodes where they are
	 * @param username the user to log in to them as, or {@code null} for the default user
	 * @param password the password of that user, or {@code null} when none is needed
	 */
	record Sentinel(@Nullable String master, List<Node> nodes, @Nullable String username,
			@Nullable String password) implements Address {

		public Sentinel {
			nodes = List.copyOf(nodes);
		}

		@Override
		public String toString() {
			return "Sentinel[master=" + this.master + ", nodes=" + this.nodes + "]";
		}

	}

	/**
	 * A server's place in the network.
	 *
	 * @param host its name or IP address, an IPv6 address without brackets
	 * @param port its port
	 */
	record Node(String host, int port) {

		/**
		 * The place as it is written in configuration.
		 * @return host and port, an IPv6 address in brackets
		 */
		@Override
		public String toString() {
			return ((this.host.indexOf(':') >= 0) ? "[" + this.host + "]" : this.host) + ":" + this.port;
		}

	}

}
