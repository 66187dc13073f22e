package io.dlock.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The redis-server that runs here: the one that the system property {@value #PROPERTY}
 * names, else the one that comes with the module's dependencies, for Linux and macOS.
 */
final class RedisProgram {

	static final String PROPERTY = "dlock.benchmarks.redis-server";

	private RedisProgram() {
	}

	static Path unpack(Path folder) throws IOException {
		String named = System.getProperty(PROPERTY, "");
		if (!named.isEmpty()) {
			return Path.of(named);
		}
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

}
