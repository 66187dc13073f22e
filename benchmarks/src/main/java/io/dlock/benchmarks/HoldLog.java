package io.dlock.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;

/**
 * When one thread asked for the lock, had it, had it no longer, and had given it back.
 * Confined to the thread.
 */
final class HoldLog {

	private static final int WIDTH = 4;

	private long[] times;

	private int size;

	HoldLog(int capacity) {
		this.times = new long[capacity * WIDTH];
	}

	/**
	 * Takes a lock, gives it back at once, and writes down when. A failure ends the
	 * process: what the others measure then is worth nothing.
	 */
	void hold(Contestant contestant, String key) {
		try {
			long asked = System.nanoTime();
			contestant.lock(key);
			long begun = System.nanoTime();
			long ended = System.nanoTime();
			contestant.unlock(key);
			add(asked, begun, ended, System.nanoTime());
		}
		catch (Exception ex) {
			ex.printStackTrace();
			Runtime.getRuntime().halt(1);
		}
	}

	private void add(long asked, long begun, long ended, long done) {
		if (this.size == this.times.length) {
			this.times = Arrays.copyOf(this.times, 2 * this.size);
		}
		this.times[this.size] = asked;
		this.times[this.size + 1] = begun;
		this.times[this.size + 2] = ended;
		this.times[this.size + 3] = done;
		this.size += WIDTH;
	}

	static void write(Turn turn, List<HoldLog> logs) throws IOException {
		try (FileChannel file = FileChannel.open(turn.record(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
			for (HoldLog log : logs) {
				log.write(file);
			}
		}
	}

	private void write(FileChannel file) throws IOException {
		ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * (this.size + 1));
		bytes.asLongBuffer().put(this.size).put(this.times, 0, this.size);
		while (bytes.hasRemaining()) {
			file.write(bytes);
		}
	}

}
