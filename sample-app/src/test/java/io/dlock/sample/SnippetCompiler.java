package io.dlock.sample;

import java.net.URI;
import java.util.List;
import java.util.Map;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Compiles the Java snippets of the README, each inside the frame that its marker names.
 */
final class SnippetCompiler {

	private static final String HEAD = """
			package io.dlock.sample;

			import java.time.*;
			import java.util.*;
			import java.util.concurrent.*;
			import io.dlock.*;
			import io.dlock.event.*;
			import io.dlock.job.*;
			import org.springframework.context.event.EventListener;
			import org.springframework.scheduling.annotation.Scheduled;

			abstract class Snippet extends Surroundings {
				Snippet() {
					super(null, null, null, null);
				}
			""";

	private static final Map<String, String> FRAMES = Map.of("<!-- java: members -->", "%s",
			"<!-- java: statements -->", "void run() throws Exception {%n%s%n}");

	/**
	 * Compiles a snippet.
	 * @return what the compiler has against it
	 */
	List<String> errors(Readme.Snippet snippet) {
		String frame = FRAMES.get(snippet.marker());
		if (frame == null) {
			return List.of("The line before it is none of " + FRAMES.keySet());
		}
		return errors(HEAD + frame.formatted(snippet.text()) + "\n}\n");
	}

	private static List<String> errors(String source) {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		DiagnosticCollector<JavaFileObject> findings = new DiagnosticCollector<>();
		List<String> options = List.of("-classpath", System.getProperty("java.class.path"), "-proc:none",
				"-implicit:none", "-d", System.getProperty("java.io.tmpdir"));
		compiler.getTask(null, null, findings, options, null, List.of(new Source(source))).call();
		return findings.getDiagnostics()
			.stream()
			.filter((finding) -> finding.getKind() == Diagnostic.Kind.ERROR)
			.map(Object::toString)
			.toList();
	}

	private static final class Source extends SimpleJavaFileObject {

		private final String text;

		private Source(String text) {
			super(URI.create("string:///io/dlock/sample/Snippet.java"), Kind.SOURCE);
			this.text = text;
		}

		@Override
		public CharSequence getCharContent(boolean ignoreEncodingErrors) {
			return this.text;
		}

	}

}
