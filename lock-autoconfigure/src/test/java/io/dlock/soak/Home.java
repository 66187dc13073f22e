package io.dlock.soak;

import java.util.List;

import io.dlock.testing.RedisServer;

/**
 * Where the locks of a run are kept.
 */
abstract class Home {

	/**
	 * The server that has them now.
	 */
	abstract RedisServer redis();

	/**
	 * How the nodes find it.
	 */
	abstract List<String> properties();

	/**
	 * Starts what was killed, and returns when it is of use again.
	 */
	void mend() {
	}

	static Home on(RedisServer server) {
		return new Home() {

			@Override
			RedisServer redis() {
				return server;
			}

			@Override
			List<String> properties() {
				return List.of("dlock.host=" + server.host(), "dlock.port=" + server.port());
			}

		};
	}

}
