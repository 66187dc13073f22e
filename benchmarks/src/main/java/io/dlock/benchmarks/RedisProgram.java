package io.dlock.benchmarks;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The redis-server that runs here: the one that the system property {@value #PROPERTY}
 * names, else this machine's own, else the one that comes with the module's dependencies,
 * for Linux and macOS. That one comes last: it is built with an allocator with which
 * scripts take a third longer than with the one that Redis is distributed with.
 */
final class RedisProgram {

	static final String PROPERTY = "dlock.benchmarks.redis-server";

	private RedisProgram() {
	}

	/**
	 * Finds it.
	 * @param folder where it can be unpacked
	 */
	static Path find(Path folder) throws IOException {
		String named = System.getProperty(PROPERTY, "");
		if (!named.isEmpty()) {
			return Path.of(named);
		}
		Optional<Path> installed = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
			.map((directory) -> Path.of(directory, "redis-server"))
			.filter(Files::isExecutable)
			.findFirst();
		return installed.isPresent() ? installed.get() : unpack(folder);
	}

	private static Path unpack(Path folder) throws IOException {
		String system = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac") ? "darwin" : "linux";
		String architecture = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
		Path program = folder.resolve("redis-server");
		String resource = "/redis-server-7.0.15-" + system + "-" + architecture;
		try (InputStream binary = RedisProgram.class.getResourceAsStream(resource)) {
			if (binary == null) {
				throw new IOException("There is no " + resource + ": name a redis-server with -D" + PROPERTY);
			}
			Files.copy(binary, program);
		}
		if (!program.toFile().setExecutable(true)) {
			throw new IOException("Cannot make " + program + " executable");
		}
		return program;
	}

	/**
	 * What a redis-server says of itself: its version, and the allocator.
	 */
	static String version(Path program) throws IOException {
		Process process = new ProcessBuilder(program.toString(), "--version").redirectErrorStream(true).start();
		try (BufferedReader answer = process.inputReader()) {
			return answer.lines().findFirst().orElse("").strip();
		}
	}

}
