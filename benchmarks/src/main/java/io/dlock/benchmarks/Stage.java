package io.dlock.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Where one scenario is played: a Redis of its own, and which processors are whose.
 *
 * @param redis the server
 * @param folder for files
 * @param clientPin what the command lines of the workers begin with
 */
record Stage(Redis redis, Path folder, List<String> clientPin) implements AutoCloseable {

	private static final Path TASKSET = Path.of("/usr/bin/taskset");

	/**
	 * A stage where everybody shares all processors.
	 */
	static Stage shared(Path program, Path folder) throws IOException, InterruptedException {
		return new Stage(Redis.start(program, folder, List.of()), folder, List.of());
	}

	/**
	 * A stage where Redis has one processor and the workers another, if there are two and
	 * the system can do that.
	 */
	static Stage pinned(Path program, Path folder) throws IOException, InterruptedException {
		if (!canPin()) {
			return shared(program, folder);
		}
		return new Stage(Redis.start(program, folder, pin(0)), folder, pin(1));
	}

	static boolean canPin() {
		return TASKSET.toFile().canExecute() && Runtime.getRuntime().availableProcessors() > 1;
	}

	private static List<String> pin(int processor) {
		return List.of(TASKSET.toString(), "-c", Integer.toString(processor));
	}

	@Override
	public void close() {
		this.redis.close();
	}

}
