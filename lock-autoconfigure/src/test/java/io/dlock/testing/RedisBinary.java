package io.dlock.testing;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * The redis-server program that the tests run: the one that the system property
 * {@value #PROPERTY} names, else the first on the PATH, else the one that the test
 * dependency {@code org.signal:embedded-redis} carries for this operating system. Without
 * any of them the tests fail; they never skip.
 */
final class RedisBinary {

	static final String PROPERTY = "dlock.test.redis-server";

	private static @Nullable Path found;

	private RedisBinary() {
	}

	static synchronized Path path() {
		if (found == null) {
			found = find();
		}
		return found;
	}

	private static Path find() {
		String named = System.getProperty(PROPERTY, "");
		if (!named.isEmpty()) {
			return named(Path.of(named));
		}
		Path onPath = onPath();
		return (onPath != null) ? onPath : bundled();
	}

	private static Path named(Path path) {
		if (!Files.isExecutable(path)) {
			throw new IllegalStateException("The system property " + PROPERTY + " names " + path
					+ ", which is not a program that can be run: name a redis-server, or take the property away");
		}
		return path;
	}

	private static @Nullable Path onPath() {
		for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
			Path candidate = Path.of(folder, "redis-server");
			if (Files.isExecutable(candidate)) {
				return candidate;
			}
		}
		return null;
	}

	private static Path bundled() {
		String resource = "redis-server-7.0.15-" + system() + "-" + architecture();
		try (InputStream binary = RedisBinary.class.getResourceAsStream("/" + resource)) {
			if (binary == null) {
				throw new IllegalStateException(
						"There is no redis-server to test with: org.signal:embedded-redis has no " + resource
								+ ". Install redis-server, or name one with -D" + PROPERTY + "=/path/to/redis-server");
			}
			return extract(binary);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Path extract(InputStream binary) throws IOException {
		Path program = Files.createTempFile("dlock-redis-server", "");
		program.toFile().deleteOnExit();
		Files.copy(binary, program, StandardCopyOption.REPLACE_EXISTING);
		if (!program.toFile().setExecutable(true)) {
			throw new IllegalStateException("Cannot make " + program
					+ " executable: let the system property java.io.tmpdir" + " name a folder where programs may run");
		}
		return program;
	}

	private static String system() {
		String name = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
		return name.startsWith("mac") ? "darwin" : name;
	}

	private static String architecture() {
		String name = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
		return switch (name) {
			case "x86_64" -> "amd64";
			case "aarch64" -> "arm64";
			default -> name;
		};
	}

}
