package io.dlock.benchmarks;

/**
 * What is measured, and how it is printed.
 */
enum Metric {

	OPERATIONS("operations", 0),

	RATE("operations/s", 0),

	HAND_OFFS("hand-offs/s", 0),

	HAND_OFF_P50("hand-off p50 µs", 0),

	HAND_OFF_P99("hand-off p99 µs", 0),

	LATENCY_P50("p50 µs", 1),

	LATENCY_P99("p99 µs", 1),

	COMMANDS("commands sent/op", 2),

	IN_SCRIPTS("in scripts/op", 1),

	FAIR_THREADS("most/least, threads", 2),

	FAIR_PROCESSES("most/least, processes", 2),

	LONGEST_WAIT("longest wait ms", 1),

	LONGEST_TURN("longest wait of a process ms", 1),

	OVERLAPS("overlaps", 0),

	ALLOCATED("bytes/op", 0),

	CLIENT_CPU("client CPU µs/op", 1),

	REDIS_CPU("Redis CPU µs/op", 1),

	SAMPLES("samples", 0),

	IN_DLOCK("dlock itself %", 1),

	IN_COLLECTIONS("maps, sets, lists %", 1),

	IN_LOCKS("locks %", 1),

	IN_LOGS("log %", 1),

	IN_EVENTS("Spring %", 1),

	IN_JDK("rest of the JDK %", 1),

	IN_CLIENT("Lettuce, Netty %", 1),

	IN_OTHERS("not called by dlock %", 1),

	MONITORS("monitors waited for", 0),

	SECONDS("seconds", 2),

	COMMANDS_PER_SECOND("commands sent/s", 1),

	COMMANDS_PER_RENEWAL("commands/lease and renewal", 4),

	WORST_SECOND("worst second/mean", 2),

	CLIENT_LOAD("client CPU ms/s", 1),

	REDIS_LOAD("Redis CPU ms/s", 1),

	LOST("lost", 0),

	SERVED("served", 0),

	BYTES_PER_LEASE("heap bytes/lease", 0),

	PAST_EXPIRY("ms past expiry", 1),

	START("start ms", 0),

	HEAP("heap MB", 0),

	THREADS("threads", 0);

	private final String title;

	private final int decimals;

	Metric(String title, int decimals) {
		this.title = title;
		this.decimals = decimals;
	}

	String title() {
		return this.title;
	}

	int decimals() {
		return this.decimals;
	}

}
