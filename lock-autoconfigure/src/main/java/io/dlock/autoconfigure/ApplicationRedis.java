package io.dlock.autoconfigure;

/**
 * The Redis that the application uses for itself.
 */
@FunctionalInterface
interface ApplicationRedis {

	/**
	 * How to connect to it for locks.
	 * @return the details
	 * @throws InvalidSettingException when it is of a kind that locks cannot use yet
	 */
	DlockConnectionDetails connectionDetails();

}
