package io.dlock.autoconfigure;

import java.net.InetAddress;
import java.net.UnknownHostException;

import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * How an instance is called when nobody has named it.
 */
final class InstanceName {

	private InstanceName() {
	}

	/**
	 * The application, the host and the process.
	 * @param environment knows the application's name
	 * @return for example {@code orders@host1:4242}
	 */
	static String of(Environment environment) {
		String application = environment.getProperty("spring.application.name");
		return "%s@%s:%d".formatted(
				StringUtils.hasText(application) ? application.strip().replaceAll("\\s+", "-") : "application", host(),
				ProcessHandle.current().pid());
	}

	private static String host() {
		try {
			return InetAddress.getLocalHost().getHostName();
		}
		catch (UnknownHostException ex) {
			return "localhost";
		}
	}

}
