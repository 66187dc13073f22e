package io.dlock;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link KeyText}.
 */
class KeyTextTests {

	@ParameterizedTest
	@ValueSource(strings = { "orders:42", "a b", "{a}:queue", "schlüssel", "鍵", "🔑", "50% *?[a-z]" })
	void whatCanBeSeenIsWrittenAsItIs(String key) {
		assertThat(KeyText.quoted(key)).isEqualTo("'" + key + "'");
	}

	@Test
	void nothingBreaksTheLineOrTheQuotes() {
		assertThat(KeyText.quoted("a\r\n2026 WARN 'b'\t\\n")).isEqualTo("'a\\r\\n2026 WARN \\'b\\'\\t\\\\n'");
		assertThat(KeyText.quoted("\0\u001b[31m\u0085\u2028\u2029"))
			.isEqualTo("'\\u0000\\u001b[31m\\u0085\\u2028\\u2029'");
	}

	@Test
	void nothingTurnsTheTextRoundOrHides() {
		assertThat(KeyText.quoted("a\u202eb\u200bc\ud800d\udb40\udc41"))
			.isEqualTo("'a\\u202eb\\u200bc\\ud800d\\udb40\\udc41'");
	}

	@Test
	void aVeryLongKeyIsShortened() {
		assertThat(KeyText.quoted("k".repeat(200))).isEqualTo("'" + "k".repeat(200) + "'");
		assertThat(KeyText.quoted("k".repeat(1_000_000))).isEqualTo("'" + "k".repeat(200) + "… (1000000 characters)'");
	}

}
