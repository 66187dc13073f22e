package io.dlock.soak;

import java.time.Duration;
import java.util.Random;

/**
 * What a test does to the nodes and to Redis.
 */
enum FaultKind {

	/** SIGSTOP and SIGCONT, before the TTL is over. */
	NODE_STOPPED_BRIEFLY(0.1, 0.8) {

		@Override
		String inflict(Cluster cluster, Random random, Duration duration) {
			return stopNode(cluster, random, duration);
		}

	},

	/** SIGSTOP and SIGCONT, long after the TTL was over. */
	NODE_STOPPED_FOR_LONG(1.2, 3) {

		@Override
		String inflict(Cluster cluster, Random random, Duration duration) {
			return stopNode(cluster, random, duration);
		}

	},

	/** kill −9, and another node comes instead. */
	NODE_KILLED(0, 0) {

		@Override
		String inflict(Cluster cluster, Random random, Duration duration) {
			return cluster.killNode(random);
		}

	},

	/** CLIENT PAUSE: commands arrive, and are executed late. */
	CLIENTS_PAUSED(0.1, 1.5) {

		@Override
		String inflict(Cluster cluster, Random random, Duration duration) {
			cluster.redis().cli("CLIENT", "PAUSE", Long.toString(duration.toMillis()), "ALL");
			Pace.rest(duration);
			return ALL;
		}

	},

	/** SIGSTOP and SIGCONT of Redis. */
	REDIS_STOPPED(0.1, 2) {

		@Override
		String inflict(Cluster cluster, Random random, Duration duration) {
			cluster.redis().pause();
			Pace.rest(duration);
			cluster.redis().resume();
			return ALL;
		}

	},

	/** CLIENT KILL of all connections for commands. */
	CONNECTIONS_CUT(0, 0) {

		@Override
		String inflict(Cluster cluster, Random random, Duration duration) {
			cluster.redis().cli("CLIENT", "KILL", "TYPE", "normal");
			return ALL;
		}

	},

	/** CLIENT KILL of all connections that listen. */
	SUBSCRIPTIONS_CUT(0, 0) {

		@Override
		String inflict(Cluster cluster, Random random, Duration duration) {
			cluster.redis().cli("CLIENT", "KILL", "TYPE", "pubsub");
			return ALL;
		}

	},

	/** SCRIPT FLUSH. */
	SCRIPTS_FORGOTTEN(0, 0) {

		@Override
		String inflict(Cluster cluster, Random random, Duration duration) {
			cluster.redis().cli("SCRIPT", "FLUSH");
			return ALL;
		}

	},

	/** kill −9 of Redis, and a new start: with all that it knew, if it keeps that. */
	REDIS_RESTARTED(0, 1.5) {

		@Override
		String inflict(Cluster cluster, Random random, Duration duration) {
			cluster.redis().kill();
			Pace.rest(duration);
			cluster.redis().restart();
			return ALL;
		}

	},

	/** kill −9 of the master, until the sentinels have another one. */
	MASTER_KILLED(0, 0) {

		@Override
		String inflict(Cluster cluster, Random random, Duration duration) {
			cluster.killMaster();
			return ALL;
		}

	},

	/** FLUSHALL. */
	ALL_DELETED(0, 0) {

		@Override
		String inflict(Cluster cluster, Random random, Duration duration) {
			cluster.redis().cli("FLUSHALL");
			return ALL;
		}

	},

	/** DEL of one lock. */
	LOCK_DELETED(0, 0) {

		@Override
		String inflict(Cluster cluster, Random random, Duration duration) {
			String key = Terms.KEYS.get(random.nextInt(Terms.KEYS.size()));
			cluster.redis().cli("DEL", "dlock:{" + key + "}");
			return ALL;
		}

	};

	private static final String ALL = "";

	private final double shortest;

	private final double longest;

	/**
	 * A fault that lasts for a part of a TTL, or several.
	 */
	FaultKind(double shortest, double longest) {
		this.shortest = shortest;
		this.longest = longest;
	}

	/**
	 * Does it, and returns when it is over.
	 * @param cluster to whom
	 * @param random for what is left to chance
	 * @param duration for how long
	 * @return the node that it was done to, or nothing when it concerns all
	 */
	abstract String inflict(Cluster cluster, Random random, Duration duration);

	Duration duration(Random random) {
		double part = this.shortest + random.nextDouble() * (this.longest - this.shortest);
		return Duration.ofMillis((long) (Terms.TTL.toMillis() * part));
	}

	private static String stopNode(Cluster cluster, Random random, Duration duration) {
		NodeProcess node = cluster.anyNode(random);
		node.signal("STOP");
		Pace.rest(duration);
		node.signal("CONT");
		return node.name();
	}

}
