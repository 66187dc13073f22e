package io.dlock.autoconfigure;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.dlock.autoconfigure.DlockConnectionDetails.Node;

/**
 * How a node is written: {@code host:port}, an IPv6 address in brackets.
 *
 * @param property the property that lists the nodes
 */
record NodeSyntax(String property) {

	private static final Pattern NODE = Pattern.compile("(?:\\[([0-9A-Fa-f:.%\\w]+)]|([^\\s:/\\[\\]]+)):(\\d{1,5})");

	Node parse(int index, String text) {
		Matcher matcher = NODE.matcher(text.strip());
		if (matcher.matches()) {
			int port = Integer.parseInt(matcher.group(3));
			if (SettingRules.isPort(port)) {
				return new Node((matcher.group(1) != null) ? matcher.group(1) : matcher.group(2), port);
			}
		}
		throw new InvalidSettingException(
				"%s[%d] is '%s', which is not the address of a server".formatted(this.property, index,
						SettingRules.withoutCredentials(text)),
				"Write host:port, for example redis1.example.com:26379 or [::1]:26379");
	}

}
