package io.dlock.redis;

import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/**
 * What follows {@code EVALSHA} or {@code EVAL}: the script, the number of keys, the keys
 * and the arguments.
 * <p>
 * The client keeps an object and an array for each word until it writes them all into its
 * buffer. A command for many locks has hundreds of words, which are texts already: here
 * they are written as they are.
 */
final class ScriptCall extends CommandArgs<String, String> {

	private final String script;

	private final String[] keys;

	private final String[] arguments;

	ScriptCall(String script, String[] keys, String[] arguments) {
		super(StringCodec.UTF8);
		this.script = script;
		this.keys = keys;
		this.arguments = arguments;
	}

	@Override
	public int count() {
		return 2 + this.keys.length + this.arguments.length;
	}

	@Override
	public void encode(ByteBuf out) {
		writeWord(out, this.script);
		writeWord(out, Integer.toString(this.keys.length));
		for (String key : this.keys) {
			writeWord(out, key);
		}
		for (String argument : this.arguments) {
			writeWord(out, argument);
		}
	}

	private static void writeWord(ByteBuf out, String word) {
		int length = ByteBufUtil.utf8Bytes(word);
		out.writeByte('$');
		writeNumber(out, length);
		writeLineEnd(out);
		ByteBufUtil.reserveAndWriteUtf8(out, word, length);
		writeLineEnd(out);
	}

	private static void writeNumber(ByteBuf out, int number) {
		if (number >= 10) {
			writeNumber(out, number / 10);
		}
		out.writeByte('0' + number % 10);
	}

	private static void writeLineEnd(ByteBuf out) {
		out.writeByte('\r').writeByte('\n');
	}

}
