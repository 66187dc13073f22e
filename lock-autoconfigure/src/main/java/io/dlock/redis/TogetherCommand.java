package io.dlock.redis;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Says to {@code together.lua} what many steps are, and reads what it returns.
 *
 * @param steps of acquire and release, in their order
 */
record TogetherCommand(List<LockStep<?>> steps) {

	private static final String RELEASE = "";

	private static final List<Object> GIVEN_BACK = List.of("");

	String[] scriptKeys() {
		String[] all = new String[this.steps.stream().mapToInt(TogetherCommand::numberOfKeys).sum()];
		int size = 0;
		for (LockStep<?> step : this.steps) {
			int more = numberOfKeys(step);
			System.arraycopy(step.keys(), 0, all, size, more);
			size += more;
		}
		return all;
	}

	/** All but the job's, of which only a release has to know. */
	private static int numberOfKeys(LockStep<?> step) {
		return isAcquire(step) ? step.keys().length - 1 : step.keys().length;
	}

	String[] arguments() {
		String[] all = new String[1 + 2 * this.steps.size()];
		long seen = 0;
		int size = 1;
		for (LockStep<?> step : this.steps) {
			all[size] = RELEASE;
			if (isAcquire(step)) {
				all[size] = AcquireCommand.terms(step.arguments());
				seen = Math.max(seen, AcquireCommand.seen(step.arguments()));
			}
			all[size + 1] = step.grant();
			size += 2;
		}
		all[0] = Long.toString(seen);
		return all;
	}

	/**
	 * What a step's own script would have returned.
	 * @return the reply, or null where that script has to be sent
	 */
	@SuppressWarnings("unchecked")
	static @Nullable List<Object> reply(LockStep<?> step, @Nullable Object returned) {
		if (returned instanceof Long number) {
			return isAcquire(step) ? List.of("granted", number, AcquireCommand.tokens(step.arguments())) : GIVEN_BACK;
		}
		return (returned instanceof List<?> whole) ? (List<Object>) whole : null;
	}

	private static boolean isAcquire(LockStep<?> step) {
		return step.script() == LockScript.ACQUIRE;
	}

}
