package io.dlock.redis;

import java.security.cert.CertificateException;

import javax.net.ssl.SSLException;

import io.lettuce.core.RedisConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * Why a connection with TLS does not come about, and what can be done about it.
 */
final class TlsFailures {

	private TlsFailures() {
	}

	/**
	 * A failure that comes from TLS, in words that say what to do; any other as it is.
	 */
	static Throwable explain(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			String remedy = remedy(cause);
			if (remedy != null) {
				return new RedisConnectionException(failure.getMessage() + ": " + remedy, failure);
			}
		}
		return failure;
	}

	private static @Nullable String remedy(Throwable cause) {
		String message = String.valueOf(cause.getMessage());
		if (cause instanceof CertificateException) {
			return message.startsWith("No ")
					? "its certificate is for another host (" + message + "): use a host name that the certificate has"
					: "its certificate is not trusted: let dlock.ssl.bundle name a bundle with its authority in the "
							+ "trust store";
		}
		if (!(cause instanceof SSLException)) {
			return null;
		}
		if (message.startsWith("handshake timed out") || message.startsWith("not an SSL/TLS record")) {
			return "it does not speak TLS: let dlock use its port for TLS, or set dlock.ssl.enabled to false";
		}
		if (message.contains("fatal alert")) {
			return "it does not accept our side of TLS (" + message + "): let dlock.ssl.bundle name a bundle with the "
					+ "key and the certificate that it expects";
		}
		return null;
	}

}
