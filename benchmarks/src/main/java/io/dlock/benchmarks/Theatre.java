package io.dlock.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Where scenarios are played, one after the other; owns the folder for their files, and
 * whatever stands on the stage.
 */
final class Theatre implements AutoCloseable {

	private final Path folder;

	private final Path program;

	private @Nullable Ensemble ensemble;

	private Theatre(Path folder, Path program) {
		this.folder = folder;
		this.program = program;
	}

	static Theatre open() throws IOException {
		Path folder = Files.createTempDirectory("dlock-benchmarks-");
		Path program = RedisProgram.find(folder);
		System.out.println(RedisProgram.version(program));
		return new Theatre(folder, program);
	}

	/**
	 * An empty stage, which its user closes. The ensemble of the scenarios before has to
	 * leave.
	 */
	Stage stage() throws IOException, InterruptedException {
		clear();
		return Stage.shared(this.program, this.folder);
	}

	/**
	 * The ensemble of the scenarios before if it is of that kind, or else a new one.
	 */
	Ensemble ensemble(Ensemble.Kind kind) throws IOException, InterruptedException {
		Ensemble present = this.ensemble;
		if (present != null && present.kind() == kind) {
			return present;
		}
		clear();
		Ensemble fresh = new Ensemble(kind, (kind == Ensemble.Kind.PINNED) ? Stage.pinned(this.program, this.folder)
				: Stage.shared(this.program, this.folder));
		this.ensemble = fresh;
		return fresh;
	}

	/**
	 * Ends all processes that are left.
	 */
	void clear() {
		Ensemble present = this.ensemble;
		if (present != null) {
			this.ensemble = null;
			present.close();
		}
	}

	@Override
	public void close() throws IOException {
		clear();
		try (Stream<Path> files = Files.walk(this.folder)) {
			List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
			for (Path file : deepestFirst) {
				Files.deleteIfExists(file);
			}
		}
	}

}
