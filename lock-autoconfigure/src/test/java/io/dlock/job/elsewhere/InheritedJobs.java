package io.dlock.job.elsewhere;

import io.dlock.job.SingletonJob;

/**
 * Jobs that a subclass in another package inherits.
 */
public final class InheritedJobs {

	private InheritedJobs() {
	}

	/**
	 * A subclass there cannot override its job.
	 */
	public static class PackagePrivate {

		@SingletonJob
		void job() {
		}

	}

	/**
	 * A subclass there can override its job.
	 */
	public static class Protected {

		@SingletonJob
		protected void job() {
		}

	}

}
