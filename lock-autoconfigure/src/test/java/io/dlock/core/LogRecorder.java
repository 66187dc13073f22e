package io.dlock.core;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

/**
 * What a class logs, as {@code LEVEL message}, while a test looks.
 */
final class LogRecorder extends AppenderBase<ILoggingEvent> implements AutoCloseable {

	private final Logger logger;

	private final Level before;

	private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

	private LogRecorder(Logger logger) {
		this.logger = logger;
		this.before = logger.getLevel();
	}

	static LogRecorder of(Class<?> type) {
		LogRecorder recorder = new LogRecorder((Logger) LoggerFactory.getLogger(type));
		recorder.start();
		recorder.logger.addAppender(recorder);
		return recorder;
	}

	/**
	 * With everything that is logged from this level on.
	 */
	LogRecorder at(Level level) {
		this.logger.setLevel(level);
		return this;
	}

	List<String> lines() {
		return this.events.stream().map((event) -> event.getLevel() + " " + event.getFormattedMessage()).toList();
	}

	List<ILoggingEvent> events() {
		return this.events;
	}

	@Override
	protected void append(ILoggingEvent event) {
		this.events.add(event);
	}

	@Override
	public void close() {
		this.logger.detachAppender(this);
		this.logger.setLevel(this.before);
		stop();
	}

}
