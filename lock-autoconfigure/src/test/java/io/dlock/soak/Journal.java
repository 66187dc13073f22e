package io.dlock.soak;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import io.dlock.history.Entry;
import io.dlock.history.EntryLines;

/**
 * The file in which a node writes down what it sees. An entry is with the operating
 * system before the node goes on: it outlives a kill −9.
 */
final class Journal implements Consumer<Entry>, Closeable {

	/** No channel: that would be closed by the interrupt of a thread that writes. */
	private final FileOutputStream file;

	private Journal(FileOutputStream file) {
		this.file = file;
	}

	static Journal create(Path path) throws IOException {
		return new Journal(new FileOutputStream(path.toFile()));
	}

	@Override
	public void accept(Entry entry) {
		byte[] line = EntryLines.write(entry).getBytes(StandardCharsets.UTF_8);
		try {
			synchronized (this.file) {
				this.file.write(line);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() throws IOException {
		this.file.close();
	}

	/**
	 * What a node has written down. A last line without an end is where it was killed.
	 */
	static List<Entry> read(Path path) throws IOException {
		List<Entry> entries = new ArrayList<>();
		boolean complete = endsWithNewline(path);
		try (BufferedReader lines = Files.newBufferedReader(path)) {
			String line = lines.readLine();
			while (line != null) {
				String next = lines.readLine();
				if (next != null || complete) {
					entries.add(EntryLines.parse(line));
				}
				line = next;
			}
		}
		return entries;
	}

	private static boolean endsWithNewline(Path path) throws IOException {
		try (FileChannel file = FileChannel.open(path)) {
			ByteBuffer last = ByteBuffer.allocate(1);
			return file.size() > 0 && file.read(last, file.size() - 1) == 1 && last.get(0) == '\n';
		}
	}

}
