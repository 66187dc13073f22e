package io.dlock;

import java.util.stream.Collectors;

/**
 * How the key of a lock is written into a message. A key may be any text, also one with
 * line breaks that would look like log lines of somebody else's: use this wherever a key
 * that comes from outside is written to a log.
 */
public final class KeyText {

	private static final int LONGEST = 200;

	private KeyText() {
	}

	/**
	 * The key in quotes and on one line: what cannot be seen, and the quote itself, is
	 * escaped as in Java, and the rest of a very long key is left out.
	 * @param key the key
	 * @return for example {@code 'orders:42'}
	 */
	public static String quoted(String key) {
		return "'" + escaped(key) + "'";
	}

	/**
	 * The key as {@link #quoted}, without the quotes.
	 * @param key the key
	 * @return for example {@code orders:42}
	 */
	public static String escaped(String key) {
		boolean whole = key.length() <= LONGEST;
		String shown = (whole ? key : key.substring(0, LONGEST)).codePoints()
			.mapToObj(KeyText::escaped)
			.collect(Collectors.joining());
		return whole ? shown : "%s… (%d characters)".formatted(shown, key.length());
	}

	private static String escaped(int character) {
		return switch (character) {
			case '\n' -> "\\n";
			case '\r' -> "\\r";
			case '\t' -> "\\t";
			case '\\' -> "\\\\";
			case '\'' -> "\\'";
			default -> isVisible(character) ? Character.toString(character)
					: Character.toString(character)
						.chars()
						.mapToObj("\\u%04x"::formatted)
						.collect(Collectors.joining());
		};
	}

	private static boolean isVisible(int character) {
		return switch (Character.getType(character)) {
			case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR,
					Character.PARAGRAPH_SEPARATOR ->
				false;
			default -> true;
		};
	}

}
