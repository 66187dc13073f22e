package io.dlock.sample;

/**
 * A redis-server that answers.
 *
 * @param port where it listens, on this machine
 * @param version which Redis it is
 * @param pid the number of its process
 * @param executable what was started
 */
record RedisProcess(int port, String version, long pid, String executable) {

	/**
	 * Whether an instance of the sample has started it.
	 */
	boolean isBundled() {
		return this.executable.contains(BundledRedis.FOLDER);
	}

	String description() {
		if (!isBundled()) {
			return "Redis: joined Redis %s at port %d, which is not the sample's own.".formatted(this.version,
					this.port);
		}
		return """
				Redis: redis-server %s at port %d, process %d. All instances of the sample share it, and it
				       goes on when they end. To stop it:  kill %d""".formatted(this.version, this.port, this.pid,
				this.pid);
	}

}
