package io.dlock.core;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Keeps the core from logging each of the losses and outages of some thousand worlds.
 */
final class Hush implements BeforeAllCallback, AfterAllCallback {

	private final Logger logger = (Logger) LoggerFactory.getLogger("io.dlock.core");

	@Override
	public void beforeAll(ExtensionContext context) {
		this.logger.setLevel(Level.ERROR);
	}

	@Override
	public void afterAll(ExtensionContext context) {
		this.logger.setLevel(null);
	}

}
