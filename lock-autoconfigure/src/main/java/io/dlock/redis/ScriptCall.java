package io.dlock.redis;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.netty.buffer.ByteBuf;

/**
 * What follows {@code EVALSHA} or {@code EVAL}: the script, the number of keys, the keys
 * and the arguments.
 * <p>
 * The client keeps an object and an array for each word, and writes them byte by byte
 * into a buffer that checks each. A command for many locks has hundreds of words: here
 * they are written into one array, which is copied.
 */
final class ScriptCall extends CommandArgs<String, String> {

	/** Around a word: a dollar, ten digits at most, and two ends of a line. */
	private static final int FRAME = 15;

	/** Of most words, with what is around them. */
	private static final int ROOM = 40;

	private final int count;

	private byte[] encoded;

	private int size;

	ScriptCall(String script, String[] keys, String[] arguments) {
		super(StringCodec.UTF8);
		this.count = 2 + keys.length + arguments.length;
		this.encoded = new byte[ROOM * this.count];
		addWord(script);
		addWord(Integer.toString(keys.length));
		for (String key : keys) {
			addWord(key);
		}
		for (String argument : arguments) {
			addWord(argument);
		}
	}

	private void addWord(String word) {
		int length = word.length();
		int begin = this.size;
		makeRoom(length);
		addHead(length);
		for (int i = 0; i < length; i++) {
			char letter = word.charAt(i);
			if (letter >= 0x80) {
				this.size = begin;
				addWord(word.getBytes(StandardCharsets.UTF_8));
				return;
			}
			this.encoded[this.size++] = (byte) letter;
		}
		addLineEnd();
	}

	/** What is not ASCII has more bytes than letters. */
	private void addWord(byte[] word) {
		makeRoom(word.length);
		addHead(word.length);
		System.arraycopy(word, 0, this.encoded, this.size, word.length);
		this.size += word.length;
		addLineEnd();
	}

	private void makeRoom(int length) {
		int needed = this.size + FRAME + length;
		if (needed > this.encoded.length) {
			this.encoded = Arrays.copyOf(this.encoded, Math.max(needed, 2 * this.encoded.length));
		}
	}

	private void addHead(int length) {
		this.encoded[this.size++] = '$';
		addNumber(length);
		addLineEnd();
	}

	private void addNumber(int number) {
		if (number >= 10) {
			addNumber(number / 10);
		}
		this.encoded[this.size++] = (byte) ('0' + number % 10);
	}

	private void addLineEnd() {
		this.encoded[this.size++] = '\r';
		this.encoded[this.size++] = '\n';
	}

	@Override
	public int count() {
		return this.count;
	}

	@Override
	public void encode(ByteBuf out) {
		out.writeBytes(this.encoded, 0, this.size);
	}

}
