package io.dlock.autoconfigure;

/**
 * A setting that keeps the application from starting: which, why, and what to do about
 * it.
 */
class InvalidSettingException extends RuntimeException {

	private final String problem;

	private final String remedy;

	/**
	 * A wrong setting.
	 * @param problem which property has which value, and why that does not work; a
	 * sentence without its full stop
	 * @param remedy what to do; a sentence without its full stop
	 */
	InvalidSettingException(String problem, String remedy) {
		super(problem + ". " + remedy + ".");
		this.problem = problem + ".";
		this.remedy = remedy + ".";
	}

	String problem() {
		return this.problem;
	}

	String remedy() {
		return this.remedy;
	}

}
