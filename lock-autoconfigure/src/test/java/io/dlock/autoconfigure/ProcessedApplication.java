package io.dlock.autoconfigure;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.boot.SpringApplicationAotProcessor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that was processed ahead of time and compiled, as the build of a user
 * does it.
 */
final class ProcessedApplication {

	private final Class<?> application;

	private final Path folder;

	private final RuntimeHints hints;

	private ProcessedApplication(Class<?> application, Path folder, RuntimeHints hints) {
		this.application = application;
		this.folder = folder;
		this.hints = hints;
	}

	/**
	 * Processes an application.
	 * @param application its main class, which is not within another
	 * @param folder where to put what is generated
	 * @param args what is known of its settings when it is built
	 */
	static ProcessedApplication of(Class<?> application, Path folder, String... args) throws IOException {
		Processor processor = new Processor(application, folder, args);
		processor.process();
		compile(folder);
		return new ProcessedApplication(application, folder, processor.hints);
	}

	private static void compile(Path folder) throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		DiagnosticCollector<JavaFileObject> findings = new DiagnosticCollector<>();
		List<String> options = List.of("-classpath", System.getProperty("java.class.path"), "-proc:none", "-nowarn",
				"-d", folder.resolve("classes").toString());
		try (StandardJavaFileManager files = compiler.getStandardFileManager(findings, null, null);
				Stream<Path> paths = Files.walk(folder.resolve("sources"))) {
			List<Path> sources = paths.filter(Files::isRegularFile).toList();
			boolean compiled = compiler
				.getTask(null, files, findings, options, null, files.getJavaFileObjectsFromPaths(sources))
				.call();
			assertThat(compiled).as("%s", findings.getDiagnostics()).isTrue();
		}
	}

	/**
	 * What a native image of the application would be told.
	 */
	RuntimeHints hints() {
		return this.hints;
	}

	/**
	 * Runs the application, from what was generated, in a process of its own.
	 * @param args its settings
	 * @return what it has printed
	 */
	List<String> run(String... args) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Dspring.aot.enabled=true",
						"-XX:TieredStopAtLevel=1", "-cp", classPath(), this.application.getName()));
		command.addAll(List.of(args));
		Path output = this.folder.resolve("output");
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
		try {
			boolean ended = process.waitFor(2, TimeUnit.MINUTES);
			List<String> lines = Files.readAllLines(output);
			assertThat(ended).as("has ended: %s", lines).isTrue();
			return lines;
		}
		finally {
			process.destroyForcibly();
		}
	}

	private String classPath() {
		return String.join(File.pathSeparator, this.folder.resolve("classes").toString(),
				this.folder.resolve("resources").toString(), System.getProperty("java.class.path"));
	}

	private static final class Processor extends SpringApplicationAotProcessor {

		private RuntimeHints hints = new RuntimeHints();

		private Processor(Class<?> application, Path folder, String... args) {
			super(application,
					Settings.builder()
						.sourceOutput(folder.resolve("sources"))
						.resourceOutput(folder.resolve("resources"))
						.classOutput(folder.resolve("classes"))
						.groupId("io.dlock")
						.artifactId("processed")
						.build(),
					args);
		}

		@Override
		protected void writeHints(RuntimeHints hints) {
			this.hints = hints;
			super.writeHints(hints);
		}

	}

}
