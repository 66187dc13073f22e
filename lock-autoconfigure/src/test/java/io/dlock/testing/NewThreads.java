package io.dlock.testing;

import java.util.List;
import java.util.Set;

/**
 * The threads of dlock's that have come since this was created: those of one test,
 * whatever contexts and registries other tests have left open in the same JVM.
 */
public final class NewThreads {

	private final Set<Thread> ofOthers = Thread.getAllStackTraces().keySet();

	/**
	 * Their names.
	 * @return the names of those that are alive
	 */
	public List<String> names() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> !this.ofOthers.contains(thread))
			.map(Thread::getName)
			.filter((name) -> name.startsWith("dlock"))
			.toList();
	}

}
