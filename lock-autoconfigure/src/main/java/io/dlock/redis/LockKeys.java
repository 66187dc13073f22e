package io.dlock.redis;

import org.jspecify.annotations.Nullable;

/**
 * The names that the keys and channels of dlock have in Redis. All keys of one lock have
 * its name as their hash tag.
 *
 * @param prefix what all of them begin with
 */
record LockKeys(String prefix) {

	/** Where each stands among {@link #all all}. */
	static final int LOCK = 0;

	static final int QUEUE = 1;

	static final int WAITING = 2;

	static final int FENCE = 3;

	static final int JOB = 4;

	String lock(String name) {
		return this.prefix + "{" + name + "}";
	}

	/**
	 * The fence of the lock that has a key.
	 */
	static String fenceOf(String lock) {
		return lock + ":fence";
	}

	/**
	 * All keys of a lock, in the order of the scripts.
	 */
	String[] all(String name) {
		String lock = lock(name);
		return new String[] { lock, lock + ":queue", lock + ":waiting", fenceOf(lock), lock + ":job" };
	}

	/**
	 * The lock whose key this is, or null when it is no lock of ours.
	 */
	@Nullable String nameOf(String lockKey) {
		String before = this.prefix + "{";
		if (!lockKey.startsWith(before) || !lockKey.endsWith("}")) {
			return null;
		}
		return lockKey.substring(before.length(), lockKey.length() - 1);
	}

	/**
	 * What every channel's name begins with; an instance's id follows.
	 */
	String channels() {
		return this.prefix + "grants:";
	}

}
