package io.dlock.autoconfigure;

import java.time.Duration;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * What a value of a {@code dlock.*} property has to look like, whichever property it is.
 */
final class SettingRules {

	private static final Pattern WHITE_SPACE = Pattern.compile("\\s");

	private static final int HIGHEST_PORT = 65535;

	private SettingRules() {
	}

	/**
	 * Takes a text without content for one that is not set, as a placeholder with an
	 * empty default means it.
	 * @param value what is configured
	 * @return the value without surrounding white space, or {@code null}
	 */
	static @Nullable String textOrNull(@Nullable String value) {
		return StringUtils.hasText(value) ? value.strip() : null;
	}

	/**
	 * Takes a secret without content for one that is not set, and leaves any other alone.
	 * @param value what is configured
	 * @return the value, or {@code null}
	 */
	static @Nullable String secretOrNull(@Nullable String value) {
		return StringUtils.hasLength(value) ? value : null;
	}

	static void checkHost(String property, @Nullable String host) {
		if (host == null) {
			return;
		}
		boolean hasPort = host.indexOf(':') >= 0 && host.indexOf(':') == host.lastIndexOf(':');
		if (hasPort || host.contains("/") || host.contains("[") || hasWhiteSpace(host)) {
			throw new InvalidSettingException(
					"%s is '%s', which is not a host name or an IP address".formatted(property,
							withoutCredentials(host)),
					"Set %s to the name alone, and the port by %s".formatted(property, portBeside(property)));
		}
	}

	private static String portBeside(String property) {
		return property.substring(0, property.length() - "host".length()) + "port";
	}

	static void checkPort(String property, @Nullable Integer port) {
		if (port != null && !isPort(port)) {
			throw new InvalidSettingException("%s is %d, which is not a port".formatted(property, port),
					"Set %s to a number from 1 to %d".formatted(property, HIGHEST_PORT));
		}
	}

	static boolean isPort(int port) {
		return port >= 1 && port <= HIGHEST_PORT;
	}

	static void checkCredentials(String prefix, @Nullable String username, @Nullable String password) {
		if (username != null && password == null) {
			throw new InvalidSettingException("%susername is set, but %spassword is not".formatted(prefix, prefix),
					"Set %spassword, or remove %susername".formatted(prefix, prefix));
		}
	}

	static void checkAtLeastOneMillisecond(String property, Duration value) {
		if (value.toMillis() < 1) {
			throw new InvalidSettingException("%s is %s, which is less than 1 ms".formatted(property, asText(value)),
					"Set %s to a positive duration, for example 100ms or 2s".formatted(property));
		}
	}

	static boolean hasWhiteSpace(String value) {
		return WHITE_SPACE.matcher(value).find();
	}

	/**
	 * Stands for a secret in a text.
	 * @param secret what is not to be shown
	 * @return whether there is one
	 */
	static @Nullable String masked(@Nullable String secret) {
		return (secret != null) ? "******" : null;
	}

	/**
	 * Leaves out what stands before the host in a URL, where a password may be.
	 * @param address what somebody took for an address
	 * @return the address, which can be shown
	 */
	static String withoutCredentials(String address) {
		int host = address.lastIndexOf('@');
		return (host < 0) ? address : "******" + address.substring(host);
	}

	/**
	 * Writes a duration as it is written in configuration.
	 * @param value the duration
	 * @return for example {@code 50ms}
	 */
	static String asText(Duration value) {
		return (value.toNanosPart() % 1_000_000 == 0) ? value.toMillis() + "ms" : value.toNanos() + "ns";
	}

}
