package io.dlock.redis;

/**
 * Which server a sentinel takes for the master, and how new that knowledge is: each
 * failover gets a greater epoch, and among sentinels that disagree the greatest is right.
 *
 * @param host the host of the server
 * @param port its port
 * @param epoch the epoch of the failover that made it the master, 0 without any
 */
record MasterReport(String host, int port, long epoch) {

	boolean names(MasterReport other) {
		return this.host.equals(other.host) && this.port == other.port;
	}

	String address() {
		return this.host + ":" + this.port;
	}

}
