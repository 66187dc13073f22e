package io.dlock.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The wall clock of a child process, when it is to differ from that of the machine:
 * libfaketime's (Debian: {@code libfaketime}), where it is installed.
 */
public final class FakeClock {

	private FakeClock() {
	}

	public static boolean isInstalled() {
		return library().isPresent();
	}

	/**
	 * The environment of a process whose wall clock, and nothing else, is faked.
	 * @param settings what libfaketime is to do: {@code FAKETIME…} and their values
	 */
	public static Map<String, String> environment(Map<String, String> settings) {
		Map<String, String> environment = new HashMap<>(settings);
		environment.put("LD_PRELOAD", library().orElseThrow().toString());
		environment.put("FAKETIME_DONT_FAKE_MONOTONIC", "1");
		// With that fix every timed wait of a JVM ends at once.
		environment.put("FAKETIME_FORCE_MONOTONIC_FIX", "0");
		return environment;
	}

	private static Optional<Path> library() {
		return Stream.of("x86_64-linux-gnu/faketime", "aarch64-linux-gnu/faketime", "faketime")
			.map((folder) -> Path.of("/usr/lib", folder, "libfaketimeMT.so.1"))
			.filter(Files::exists)
			.findFirst();
	}

}
