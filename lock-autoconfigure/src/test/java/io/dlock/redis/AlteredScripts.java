package io.dlock.redis;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * A world in which files of the scripts read otherwise: loads all classes of dlock anew,
 * and runs tests in them.
 */
final class AlteredScripts extends ClassLoader {

	private static final String OURS = "io.dlock.";

	private static final List<String> SHORT_WAYS = List.of("take.lua", "acquire-short.lua", "acquire-alone.lua",
			"release-short.lua", "release-alone.lua");

	/** By the name of the file. */
	private final Map<String, String> altered;

	private AlteredScripts(Map<String, String> altered) {
		super(AlteredScripts.class.getClassLoader());
		this.altered = Map.copyOf(altered);
	}

	/**
	 * The scripts as they are, or without their short ways. The script for many steps
	 * fails without: then each goes alone.
	 * @param shortWays whether there are any
	 */
	static AlteredScripts with(boolean shortWays) {
		Map<String, String> altered = new HashMap<>();
		if (!shortWays) {
			SHORT_WAYS.forEach((file) -> altered.put(file, ""));
		}
		return new AlteredScripts(altered);
	}

	static boolean isShortWay(String file) {
		return SHORT_WAYS.contains(file) || file.equals("together.lua");
	}

	/**
	 * Replaces a part of a file.
	 * @param file beside {@link LockScript}
	 * @param part stands there exactly once
	 * @param replacement what stands there instead
	 */
	AlteredScripts replacing(String file, String part, String replacement) {
		String content = new String(read(LockScript.class.getResourceAsStream(file)), StandardCharsets.UTF_8);
		int at = content.indexOf(part);
		if (at < 0 || content.indexOf(part, at + 1) >= 0) {
			throw new AssertionError("'" + part + "' does not stand in " + file + " exactly once. Has the rule moved?");
		}
		Map<String, String> more = new HashMap<>(this.altered);
		more.put(file, content.replace(part, replacement));
		return new AlteredScripts(more);
	}

	/**
	 * Runs tests, each on its own.
	 * @param tests as {@code ClassName.methodName}, in this package
	 * @return of each that was run, how it ended
	 */
	Map<String, TestExecutionResult> run(List<String> tests) {
		return run(tests.stream()
			.map((test) -> test.split("[.]", 2))
			.map((test) -> DiscoverySelectors.selectMethod(loaded(test[0]), test[1])));
	}

	/**
	 * Runs all tests of a class.
	 * @param tests its name, in this package
	 * @return of each that was run, how it ended
	 */
	Map<String, TestExecutionResult> runAll(String tests) {
		return run(Stream.of(DiscoverySelectors.selectClass(loaded(tests))));
	}

	private Map<String, TestExecutionResult> run(Stream<? extends DiscoverySelector> tests) {
		Outcomes outcomes = new Outcomes();
		LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request().selectors(tests.toList()).build();
		LauncherConfig config = LauncherConfig.builder()
			.enableTestExecutionListenerAutoRegistration(false)
			.enableLauncherSessionListenerAutoRegistration(false)
			.build();
		LauncherFactory.create(config).execute(request, outcomes);
		return outcomes.byTest;
	}

	private Class<?> loaded(String test) {
		try {
			return loadClass(LockScript.class.getPackageName() + "." + test);
		}
		catch (ClassNotFoundException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

	@Override
	protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
		if (!name.startsWith(OURS)) {
			return super.loadClass(name, resolve);
		}
		synchronized (getClassLoadingLock(name)) {
			Class<?> loaded = findLoadedClass(name);
			return (loaded != null) ? loaded : define(name);
		}
	}

	private Class<?> define(String name) throws ClassNotFoundException {
		InputStream compiled = getParent().getResourceAsStream(name.replace('.', '/') + ".class");
		if (compiled == null) {
			throw new ClassNotFoundException(name);
		}
		byte[] bytes = read(compiled);
		return defineClass(name, bytes, 0, bytes.length);
	}

	@Override
	public InputStream getResourceAsStream(String name) {
		String content = this.altered.get(name.substring(name.lastIndexOf('/') + 1));
		return (content != null) ? new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8))
				: super.getResourceAsStream(name);
	}

	private static byte[] read(InputStream content) {
		try (content) {
			return content.readAllBytes();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static final class Outcomes implements TestExecutionListener {

		private final Map<String, TestExecutionResult> byTest = new ConcurrentHashMap<>();

		@Override
		public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
			if (identifier.isTest() || result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
				this.byTest.put(identifier.getDisplayName(), result);
			}
		}

	}

}
