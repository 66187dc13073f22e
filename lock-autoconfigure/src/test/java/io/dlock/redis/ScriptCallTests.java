package io.dlock.redis;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ScriptCall}.
 */
class ScriptCallTests {

	@ParameterizedTest
	@ValueSource(
			strings = { "", "a", "with\r\nlines and {braces}", "ключ:42", "clé", "鍵", "\uD83D\uDD12", "\uD83D lone" })
	void saysWhatTheClientsOwnArgumentsSay(String word) {
		for (String text : new String[] { word, word.repeat(9), word.repeat(10), word.repeat(1_234) }) {
			CommandArgs<String, String> own = new CommandArgs<>(StringCodec.UTF8).add(bytes("script"))
				.add(2)
				.add(bytes(text))
				.add(bytes("key"))
				.add(bytes("argument"))
				.add(bytes(text));
			ScriptCall call = new ScriptCall("script", new String[] { text, "key" }, new String[] { "argument", text });
			assertThat(call.count()).isEqualTo(own.count());
			assertThat(encoded(call)).isEqualTo(encoded(own));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "0", "0123456789", "\uD83D\uDD12" })
	void hasRoomForManyWordsOfAnyLength(String word) {
		for (int times : new int[] { 1, 10, 12_345 }) {
			String[] keys = new String[200];
			Arrays.fill(keys, word.repeat(times));
			CommandArgs<String, String> own = new CommandArgs<>(StringCodec.UTF8).add(bytes("script")).add(keys.length);
			for (String key : keys) {
				own.add(bytes(key));
			}
			assertThat(encoded(new ScriptCall("script", keys, new String[0])).equals(encoded(own))).isTrue();
		}
	}

	@Test
	void countsManyKeys() {
		CommandArgs<String, String> own = new CommandArgs<>(StringCodec.UTF8).add(bytes("script")).add(160);
		String[] keys = new String[160];
		for (int n = 0; n < keys.length; n++) {
			keys[n] = "key" + n;
			own.add(bytes(keys[n]));
		}
		assertThat(encoded(new ScriptCall("script", keys, new String[0]))).isEqualTo(encoded(own));
	}

	private static String encoded(CommandArgs<String, String> arguments) {
		ByteBuf out = Unpooled.buffer(1);
		arguments.encode(out);
		return out.toString(StandardCharsets.UTF_8);
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
