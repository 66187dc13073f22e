package io.dlock.faults;

import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;

import io.dlock.DistributedLock;
import io.dlock.LockRegistry;
import io.dlock.testing.VirtualThreads;

/**
 * What a node does in great numbers.
 */
final class Load {

	private Load() {
	}

	/**
	 * Has many threads take one lock, each once, and returns when all have had it. They
	 * are virtual where the JDK has such.
	 */
	static String crowd(DistributedLock lock, int threads) throws InterruptedException {
		CountDownLatch served = new CountDownLatch(threads);
		for (int i = 0; i < threads; i++) {
			start(() -> {
				lock.lock();
				lock.unlock();
				served.countDown();
			});
		}
		served.await();
		return "";
	}

	private static void start(Runnable work) {
		if (VirtualThreads.exist()) {
			VirtualThreads.start(work);
		}
		else {
			new Thread(null, work, "one-of-many", 128 * 1024).start();
		}
	}

	/**
	 * Takes and gives back so many locks, one after the other, each once.
	 */
	static String inTurn(LockRegistry locks, int count) {
		for (int i = 0; i < count; i++) {
			DistributedLock lock = locks.get("turn-" + i);
			lock.lock();
			lock.unlock();
		}
		return "";
	}

	/**
	 * How many bytes are in use when there is no garbage.
	 */
	static String heap() {
		System.gc();
		return String.valueOf(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
	}

}
