package io.dlock.sample;

import java.util.concurrent.CompletableFuture;

import io.dlock.LockRegistry;

/**
 * What the Java snippets of the README find around them.
 */
abstract class Surroundings {

	protected final LockRegistry locks;

	protected final Order order = new Order(42);

	protected final String tenant = "acme";

	protected final Store store;

	protected final Imports imports;

	protected final Report report;

	protected Surroundings(LockRegistry locks, Store store, Imports imports, Report report) {
		this.locks = locks;
		this.store = store;
		this.imports = imports;
		this.report = report;
	}

	record Order(long id) {
	}

	record Receipt(long id) {
	}

	interface Store {

		void save(Order order, long fencingToken);

		Receipt pay(Order order);

	}

	interface Imports {

		void start(long fencingToken);

		CompletableFuture<Integer> startAsync(String tenant);

		void stop();

	}

	interface Report {

		void write();

	}

}
