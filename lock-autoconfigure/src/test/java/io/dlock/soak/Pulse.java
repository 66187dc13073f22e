package io.dlock.soak;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

import io.dlock.history.History;

/**
 * The last moment at which each worker of a node saw its lease valid, in a file mapped
 * into memory: so it is known although the node was killed in that very moment.
 */
final class Pulse {

	private static final int WORKER_BYTES = 3 * Long.BYTES;

	private final MappedByteBuffer memory;

	private final int offset;

	private Pulse(MappedByteBuffer memory, int offset) {
		this.memory = memory;
		this.offset = offset;
	}

	static MappedByteBuffer create(Path path, int workers) throws IOException {
		try (FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
				StandardOpenOption.WRITE)) {
			return file.map(FileChannel.MapMode.READ_WRITE, 0, (long) workers * WORKER_BYTES);
		}
	}

	static Pulse of(MappedByteBuffer memory, int worker) {
		return new Pulse(memory, worker * WORKER_BYTES);
	}

	/**
	 * The token is written last, and wiped first: what can be read belongs together.
	 */
	void begin(int key, long token, long validAt) {
		this.memory.putLong(this.offset, 0);
		this.memory.putLong(this.offset + Long.BYTES, validAt);
		this.memory.putLong(this.offset + 2 * Long.BYTES, key);
		this.memory.putLong(this.offset, token);
	}

	void beat(long validAt) {
		this.memory.putLong(this.offset + Long.BYTES, validAt);
	}

	static Map<History.Holding, Long> read(Path path, String node) throws IOException {
		Map<History.Holding, Long> pulses = new HashMap<>();
		ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(path));
		while (content.remaining() >= WORKER_BYTES) {
			long token = content.getLong();
			long validAt = content.getLong();
			int key = (int) content.getLong();
			if (token > 0) {
				pulses.put(new History.Holding(node, Terms.KEYS.get(key), token), validAt);
			}
		}
		return pulses;
	}

}
