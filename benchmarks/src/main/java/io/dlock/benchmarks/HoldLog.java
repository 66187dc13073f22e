package io.dlock.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;

/**
 * When one thread asked for the lock, had it, had it no longer, and had given it back.
 * Confined to the thread.
 */
final class HoldLog {

	static final int WIDTH = 4;

	private long[] times = new long[64 * WIDTH];

	private int size;

	void add(long asked, long begun, long ended, long done) {
		if (this.size == this.times.length) {
			this.times = Arrays.copyOf(this.times, 2 * this.size);
		}
		this.times[this.size] = asked;
		this.times[this.size + 1] = begun;
		this.times[this.size + 2] = ended;
		this.times[this.size + 3] = done;
		this.size += WIDTH;
	}

	void write(FileChannel file) throws IOException {
		ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * (this.size + 1));
		bytes.asLongBuffer().put(this.size).put(this.times, 0, this.size);
		while (bytes.hasRemaining()) {
			file.write(bytes);
		}
	}

}
