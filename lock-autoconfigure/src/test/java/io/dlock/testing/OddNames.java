package io.dlock.testing;

import java.util.List;
import java.util.stream.Stream;

/**
 * Names of locks that would do harm where a name is taken for more than data.
 */
public final class OddNames {

	/** One that every application might have; the others resemble what belongs to it. */
	public static final String PLAIN = "a";

	private static final List<String> ODD = List.of(PLAIN, "A", "a ", " a", "a}", "{a}", "{a", "a}:queue", "a}:fence",
			"a}:waiting", "a:queue", ":queue", ":fence", "{", "a}x{b", "a}{a", "a}x{b}:fence", "b}x{a", "dlock:{a}",
			"{}", " ", "\t", "\n", "a\n", "a\r\nSET a b\r\n", "*", "?", "[a-z]", "a*", "\\", "%s %d {}", "$1", "'a'",
			"\"a\"", "a'); redis.call('FLUSHALL') --", "]]", "0", "-1", "nil", "false", "L", "T",
			"1 1 1 10000 dlock:{a}", "grants:", "somebody@host:1-2x:7", "somebody@host:1-2x:7 1 1", "a\0b", "\0", "é",
			"e\u0301", "鍵", "🔑", "\u202ea", "\ufffd", "\ufeffa", "\uffff", "\u2028");

	private OddNames() {
	}

	/** All of them, each another; the longest has 2^20 characters. */
	public static Stream<String> all() {
		return Stream.concat(ODD.stream(), Stream.of("m".repeat(1 << 20), "m".repeat((1 << 20) - 1) + "n"));
	}

	/**
	 * What is no name of a lock.
	 */
	public static Stream<String> refused() {
		return Stream.of("", "}", "}a", "}{a}", "\ud800", "a\udc00b", "\udc00\ud800");
	}

}
