package io.dlock.redis;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Says to {@code together.lua} what many steps are, and reads what it returns.
 */
final class TogetherCommand {

	/**
	 * As {@code together.lua} wants their keys, by the place of each in its own script.
	 */
	private static final int[] KEYS_OF_RELEASES = { LockKeys.LOCK, LockKeys.FENCE, LockKeys.QUEUE, LockKeys.JOB,
			LockKeys.WAITING };

	private static final int[] KEYS_OF_ACQUIRES = { LockKeys.LOCK, LockKeys.QUEUE, LockKeys.FENCE, LockKeys.WAITING };

	private static final List<Object> GIVEN_BACK = List.of("");

	private final List<LockStep<?>> releases = new ArrayList<>();

	private final List<LockStep<?>> acquires = new ArrayList<>();

	/**
	 * A command for steps of acquire and release.
	 * @param steps of a lock each, since they are not taken in this order
	 */
	TogetherCommand(List<LockStep<?>> steps) {
		for (LockStep<?> step : steps) {
			(isAcquire(step) ? this.acquires : this.releases).add(step);
		}
	}

	/** In the order in which they are taken. */
	List<LockStep<?>> steps() {
		List<LockStep<?>> all = new ArrayList<>(this.releases);
		all.addAll(this.acquires);
		return all;
	}

	String[] scriptKeys() {
		String[] all = new String[KEYS_OF_RELEASES.length * this.releases.size()
				+ KEYS_OF_ACQUIRES.length * this.acquires.size()];
		int size = addKeys(all, 0, this.releases, KEYS_OF_RELEASES);
		addKeys(all, size, this.acquires, KEYS_OF_ACQUIRES);
		return all;
	}

	private static int addKeys(String[] all, int from, List<LockStep<?>> steps, int[] kinds) {
		int size = from;
		for (int kind : kinds) {
			for (LockStep<?> step : steps) {
				all[size] = step.keys()[kind];
				size++;
			}
		}
		return size;
	}

	String[] arguments() {
		String[] all = new String[2 + this.releases.size() + 2 * this.acquires.size()];
		int size = 2;
		for (LockStep<?> release : this.releases) {
			all[size] = release.grant();
			size++;
		}
		long seen = 0;
		for (LockStep<?> acquire : this.acquires) {
			all[size] = AcquireCommand.terms(acquire.arguments());
			all[size + 1] = acquire.grant();
			size += 2;
			seen = Math.max(seen, AcquireCommand.seen(acquire.arguments()));
		}
		all[0] = Long.toString(seen);
		all[1] = Integer.toString(this.releases.size());
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
